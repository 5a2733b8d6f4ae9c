select e.building_id, e.id, e.label, st_x(e.geom) as lon, st_y(e.geom) as lat
from yike.entrance e
join yike.building b on b.id = e.building_id
where b.origin = 'imported'
order by e.building_id, e.label, e.id
