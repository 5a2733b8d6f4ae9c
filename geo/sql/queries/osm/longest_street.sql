-- Communities are named after their longest street; each name once.
select s.name, coalesce(max(s.name_en), s.name) as name_en
from yike.street s
cross join (select st_geomfromtext(:shape, 3857) as geom) as a
where s.geom_3857 && a.geom and s.name is not null and not s.across and st_intersects(s.geom_3857, a.geom)
  and not exists (select from yike.area c where c.level = 'community' and c.name = s.name || '社区')
group by s.name
order by sum(st_length(st_intersection(s.geom_3857, a.geom))) desc, s.name
limit 1
