select compound_id, st_x(geom) as lon, st_y(geom) as lat
from yike.gate
order by id
