-- How many of these places (WGS 84) lie in a building, at its walls or on a street: within `margin` Mercator metres.
select count(*)
from unnest(cast(:lon as double precision[]), cast(:lat as double precision[])) as p(lon, lat)
cross join lateral (select st_transform(st_setsrid(st_makepoint(p.lon, p.lat), 4326), 3857) as geom) as g
where exists (
    select from yike.building b where st_dwithin(b.geom_3857, g.geom, :margin) and b.origin <> 'sample')
  or exists (
    select from yike.street s where st_dwithin(s.geom_3857, g.geom, :margin) and s.origin <> 'sample')
