select
  a.id, a.name, a.display_name, a.role, a.worker_id, a.origin, a.created_at, a.disabled_at,
  coalesce(r.path, '') as path, r.name as area
from yike.account a
left join yike.area r on r.id = a.area_id
order by a.name
