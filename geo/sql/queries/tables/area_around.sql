-- The deepest area above a level that holds a point of the outline (WGS 84).
select a.id
from yike.area a
where a.origin <> 'sample'
  and st_covers(a.geom_3857, st_transform(st_setsrid(st_makepoint(:lon, :lat), 4326), 3857))
  and array_position(array['city', 'district', 'subdistrict', 'community', 'grid'], a.level)
    < array_position(array['city', 'district', 'subdistrict', 'community', 'grid'], cast(:level as text))
order by array_position(array['grid', 'community', 'subdistrict', 'district', 'city'], a.level),
  a.origin = 'derived', a.id
limit 1
