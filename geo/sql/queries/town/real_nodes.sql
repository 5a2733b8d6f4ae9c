select id, st_x(geom) as lon, st_y(geom) as lat from yike.street_node where origin <> 'sample' order by id
