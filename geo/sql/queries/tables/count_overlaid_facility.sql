-- Incoming services that are here from elsewhere: the same category and name within some 100 m.
select count(*)
from incoming_facility i
where exists (
  select from yike.facility f
  where f.geom_3857 && st_expand(st_transform(i.geom, 3857), 120) and f.category = i.category and f.name = i.name
    and f.origin <> 'sample' and f.source_key is distinct from i.source_key)
