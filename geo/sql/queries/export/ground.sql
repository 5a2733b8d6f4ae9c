-- Water and green carry no path: of all, they go by their origin; of one area, those that touch it.
select g.id, g.kind, g.name, g.name_en, g.origin, st_asbinary(g.geom) as geometry
from yike.ground g
where (:lower = '' and (g.origin <> 'sample' or :upper > '~'))
  or (:lower = '~' and g.origin = 'sample')
  or exists (
    select from yike.area a
    where :lower not in ('', '~') and a.path = :lower and a.geom_3857 && g.geom_3857
      and st_intersects(a.geom_3857, g.geom_3857))
order by g.id
