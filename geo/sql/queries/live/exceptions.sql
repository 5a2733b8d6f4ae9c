-- What is not blue, in the shape of the live stream. Two small sets, each found by its own index.
select l.id, l.path, cast(jsonb_build_array(l.id, l.status, l.since, round(l.lon::numeric, 6),
  round(l.lat::numeric, 6), l.kind, l.severity, l.order_state) as text) as payload
from (
  select device_id from yike.incident where closed_at is null and device_id is not null
  union
  select device_id from yike.device_offline
) as e
join yike.device_live l on l.id = e.device_id
