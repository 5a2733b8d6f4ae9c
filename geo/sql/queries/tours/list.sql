-- Tours with their worker; whose homes lie in no tour of the scope are left out.
select t.id, t.plan_id, t.worker_id, k.name as worker, k.profile, t.day, t.state, t.shift, t.start_at, t.end_at,
  t.travel_s, t.reason, t.away_order_id, t.changed_at
from yike.tour t
join yike.worker k on k.id = t.worker_id
where k.path >= :lower and k.path < :upper
  and (cast(:tour as bigint) is null or t.id = :tour)
  and (cast(:plan as bigint) is null or t.plan_id = :plan)
  and (cast(:worker as bigint) is null or t.worker_id = :worker)
  and (cast(:state as text) is null or t.state = :state)
  and (cast(:first_day as date) is null or t.day >= :first_day)
  and (cast(:last_day as date) is null or t.day <= :last_day)
order by t.day, t.worker_id, t.id
limit 2000
