-- The middle of each street, and a second point a little on, which gives its direction.
select from_node_id, to_node_id, name, street_class, bridge, tunnel,
  st_x(middle.point) as lon, st_y(middle.point) as lat, st_x(middle.onward) as lon_2, st_y(middle.onward) as lat_2
from yike.street
cross join lateral (
  select st_lineinterpolatepoint(geom, 0.5) as point, st_lineinterpolatepoint(geom, 0.52) as onward
) as middle
where origin <> 'sample' and not across
order by id
