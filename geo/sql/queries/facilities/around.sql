select f.id, f.category, f.name, f.name_en, f.opening_hours, st_x(f.geom) as lon, st_y(f.geom) as lat
from yike.facility f,
  (select st_transform(st_setsrid(st_makepoint(:lon, :lat), 4326), 3857) as point) as here
where f.path >= :lower and f.path < :upper
  -- Mercator's metres are longer than those on the ground by 1/cos(latitude).
  and st_dwithin(f.geom_3857, here.point, :metres / cos(radians(:lat)))
  and (cast(:category as text) is null or f.category = :category)
order by f.id
limit 5000
