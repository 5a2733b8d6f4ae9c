update yike.building b
set compound_id = c.id
from yike.compound c
where b.origin = 'imported' and c.origin = 'imported'
  and c.geom_3857 && b.geom_3857 and st_covers(c.geom_3857, st_pointonsurface(b.geom_3857))
  and b.compound_id is distinct from c.id
