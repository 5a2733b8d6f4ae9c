select a.id, a.level, a.name, a.name_en, a.path as area, a.parent_id, a.official_code, a.origin,
  st_asbinary(a.geom) as geometry
from yike.area a
where a.path >= :lower and a.path < :upper
order by a.id
