select st_x(f.geom) as lon, st_y(f.geom) as lat
from yike.facility f
where f.id = :id and f.path >= :lower and f.path < :upper
