-- How many of these places (WGS 84) lie in a building that is no sample.
select count(*)
from unnest(cast(:lon as double precision[]), cast(:lat as double precision[])) as p(lon, lat)
cross join lateral (select st_transform(st_setsrid(st_makepoint(p.lon, p.lat), 4326), 3857) as geom) as g
where exists (
  select from yike.building b
  where b.geom_3857 && g.geom and st_covers(b.geom_3857, g.geom) and b.origin <> 'sample')
