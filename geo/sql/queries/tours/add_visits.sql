insert into yike.visit (unit_id, tour_id, worker_id, day, position, arrive_at, wait_s, travel_s, visit_s, priority, opens,
  closes)
select x.unit_id, :tour, t.worker_id, t.day, x.position, x.arrive_at, x.wait_s, x.travel_s, x.visit_s, x.priority,
  x.opens, x.closes
from jsonb_to_recordset(cast(:visits as jsonb)) as x(
  unit_id bigint, position smallint, arrive_at timestamptz, wait_s integer, travel_s integer, visit_s integer,
  priority smallint, opens time, closes time)
join yike.tour t on t.id = :tour
