-- Where a building is entered: at its entrances, or at a point inside it where none is known.
select st_x(coalesce(e.geom, st_pointonsurface(b.geom))) as lon, st_y(coalesce(e.geom, st_pointonsurface(b.geom))) as lat
from yike.building b
left join yike.entrance e on e.building_id = b.id
where b.id = :id and b.path >= :lower and b.path < :upper
order by e.label
