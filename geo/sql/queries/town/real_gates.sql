select c.name, st_x(g.geom) as lon, st_y(g.geom) as lat
from yike.gate g
join yike.compound c on c.id = g.compound_id
where g.origin <> 'sample'
order by g.compound_id, g.id
