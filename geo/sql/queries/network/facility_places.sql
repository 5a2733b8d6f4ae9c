select f.id, f.name, f.name_en, st_x(f.geom) as lon, st_y(f.geom) as lat
from yike.facility f
where f.path >= :lower and f.path < :upper
order by f.id
