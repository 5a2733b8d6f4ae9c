-- Where each building is entered. One without a known entrance is entered at a point inside it.
select b.id as building_id, e.id as entrance_id,
  st_x(coalesce(e.geom, st_pointonsurface(b.geom))) as lon, st_y(coalesce(e.geom, st_pointonsurface(b.geom))) as lat
from yike.building b
left join yike.entrance e on e.building_id = b.id
order by b.id, e.label
