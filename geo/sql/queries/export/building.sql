select b.id, b.name, b.name_en, b.address, c.name as compound, b.use, b.floors,
  coalesce(b.height_m, b.floors * 3.0) as height_m, b.has_lift, b.path as area, b.origin,
  st_asbinary(b.geom) as geometry
from yike.building b
left join yike.compound c on c.id = b.compound_id
where b.path >= :lower and b.path < :upper
order by b.id
