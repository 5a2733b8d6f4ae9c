-- Areas that were laid as squares and lie where official ones of the same level are.
select count(*)
from yike.area d
where d.origin = 'derived'
  and exists (
    select from yike.area a
    where a.origin <> 'derived' and a.origin <> 'sample' and a.level = d.level and a.geom_3857 && d.geom_3857
      and st_covers(a.geom_3857, st_pointonsurface(d.geom_3857)))
