-- Imported buildings that lie in no grid, with the deepest area that does hold them.
select st_x(c.point) as x, st_y(c.point) as y, a.id as area_id
from yike.building b
cross join lateral (select st_pointonsurface(b.geom_3857) as point) as c
left join lateral (
  select a.id, a.level
  from yike.area a
  where st_covers(a.geom_3857, c.point)
  order by array_position(array['grid', 'community', 'subdistrict', 'district', 'city'], a.level), a.id
  limit 1
) as a on true
where b.origin = 'imported' and a.level is distinct from 'grid'
order by b.id
