with moved as (
  update yike.visit set state = :state, done_at = coalesce(cast(:at as timestamptz), clock_timestamp()), note = :note
  where id = :visit
  returning id, worker_id, day
)
insert into yike.visit_log (visit_id, step, who, note, worker_id, day)
select id, :state, :who, :note, worker_id, day from moved
