-- Incoming compounds that lie on one that came from elsewhere.
select count(*)
from incoming_compound i
cross join lateral (select st_transform(st_pointonsurface(i.geom), 3857) as middle) as m
where exists (
  select from yike.compound c
  where c.geom_3857 && m.middle and st_covers(c.geom_3857, m.middle) and c.origin <> 'sample'
    and c.source_key is distinct from i.source_key)
