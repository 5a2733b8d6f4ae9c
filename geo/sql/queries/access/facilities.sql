-- Every facility, in the order of its id.
select f.id, f.category, f.name, st_x(f.geom) as lon, st_y(f.geom) as lat, f.capacity, f.opening_hours
from yike.facility f
order by f.id
