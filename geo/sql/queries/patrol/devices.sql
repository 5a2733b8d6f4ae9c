select d.id, d.external_id, d.kind, d.name, st_x(d.geom) as lon, st_y(d.geom) as lat
from yike.device d
where d.path >= :lower and d.path < :upper
order by d.id
limit 20000
