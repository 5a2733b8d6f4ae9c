-- Incoming buildings that lie on one that came from elsewhere.
select count(*)
from incoming_building i
cross join lateral (select st_transform(st_pointonsurface(i.geom), 3857) as middle) as m
where exists (
  select from yike.building b
  where b.geom_3857 && m.middle and st_covers(b.geom_3857, m.middle) and b.origin <> 'sample'
    and b.source_key is distinct from i.source_key)
