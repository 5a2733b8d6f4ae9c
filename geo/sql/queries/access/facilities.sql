select f.id, st_x(f.geom) as lon, st_y(f.geom) as lat
from yike.facility f
where f.category = :category
order by f.id
