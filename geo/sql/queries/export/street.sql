-- Streets cross grids and carry no path: of all, they go by their origin; of one area, those that touch it.
select s.id, s.street_class as class, s.name, s.name_en, s.length_m, s.walk, s.cycle, s.drive, s.oneway_walk,
  s.oneway_cycle, s.oneway_drive, s.steps, s.bridge, s.tunnel, s.closed, s.origin, st_asbinary(s.geom) as geometry
from yike.street s
where not s.across
  and (
    (:lower = '' and (s.origin <> 'sample' or :upper > '~'))
    or (:lower = '~' and s.origin = 'sample')
    or exists (
      select from yike.area a
      where :lower not in ('', '~') and a.path = :lower and a.geom_3857 && s.geom_3857
        and st_intersects(a.geom_3857, s.geom_3857))
  )
order by s.id
