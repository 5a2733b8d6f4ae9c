select w.id, w.path, cast(jsonb_build_array(w.id, round(st_x(p.geom)::numeric, 6), round(st_y(p.geom)::numeric, 6),
  p.observed_at) as text) as payload
from yike.worker w
join yike.worker_position p on p.worker_id = w.id
where w.on_duty
