-- Some of what `live/devices` reads, in the same order.
select d.id, d.kind, d.path, st_x(d.geom) as lon, st_y(d.geom) as lat
from yike.device d
where d.id = any(:ids)
order by d.id
