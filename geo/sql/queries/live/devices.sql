-- Every device, for the map held in memory: in the order of its id.
select d.id, d.kind, d.path, st_x(d.geom) as lon, st_y(d.geom) as lat
from yike.device d
order by d.id
