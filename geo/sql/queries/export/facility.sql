select f.id, f.category, f.name, f.name_en, f.capacity, f.opening_hours, f.building_id, f.path as area, f.origin,
  st_asbinary(f.geom) as geometry
from yike.facility f
where f.path >= :lower and f.path < :upper
order by f.id
