-- Buildings that name no compound belong to the one they lie in.
update yike.building b
set compound_id = c.id
from yike.compound c
where b.origin = 'imported' and c.origin <> 'sample' and b.compound_id is null
  and c.geom_3857 && b.geom_3857 and st_covers(c.geom_3857, st_pointonsurface(b.geom_3857))
