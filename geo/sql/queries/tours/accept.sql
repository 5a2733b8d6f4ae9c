with taken as (
  update yike.tour set state = 'accepted', changed_at = clock_timestamp()
  where id = any (cast(:tours as bigint[])) and state = 'proposed'
  returning id, worker_id, day
),
logged as (
  insert into yike.visit_log (visit_id, step, who, worker_id, day)
  select v.id, 'planned', :who, t.worker_id, t.day
  from yike.visit v join taken t on t.id = v.tour_id
)
select count(*) from taken
