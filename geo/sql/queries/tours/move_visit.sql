with moved as (
  update yike.visit v
  set tour_id = t.id, worker_id = t.worker_id, day = t.day, position = :position, arrive_at = :arrive_at, wait_s = :wait_s,
    travel_s = :travel_s, state = 'planned', reason = coalesce(:reason, v.reason)
  from yike.tour t
  where v.id = :visit and v.state = 'planned' and t.id = :tour
  returning v.id, t.worker_id, t.day
)
insert into yike.visit_log (visit_id, step, who, note, worker_id, day)
select id, 'moved', :who, :reason, worker_id, day from moved
where cast(:reason as text) is not null
