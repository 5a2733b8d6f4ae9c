-- Every building with its outline and how many people live in it, in the order of its id.
select b.id, b.path, st_asbinary(b.geom_3857) as outline,
  coalesce(p.residents, 0) as residents, coalesce(p.residents_60, 0) as residents_60,
  coalesce(p.residents_alone, 0) as residents_alone
from yike.building b
left join (
  select u.building_id, count(*) as residents,
    count(*) filter (where r.born <= current_date - interval '60 years') as residents_60,
    count(*) filter (where r.tags @> array['living_alone']) as residents_alone
  from yike.resident r
  join yike.unit u on u.id = r.unit_id
  where r.lives_here
  group by u.building_id
) as p on p.building_id = b.id
order by b.id
