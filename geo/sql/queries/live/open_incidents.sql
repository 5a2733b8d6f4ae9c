select i.id, i.path, cast(jsonb_build_array(i.id, i.state, i.kind, round(st_x(i.geom)::numeric, 6),
  round(st_y(i.geom)::numeric, 6), i.severity, i.order_state) as text) as payload
from yike.incident_live i
where i.closed_at is null and i.merged_into_id is null
