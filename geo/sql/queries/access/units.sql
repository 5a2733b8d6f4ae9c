-- Units somebody lives in, in the order of their ids, with how many people; nobody's name.
select u.id, u.building_id, u.entrance_id, count(*) as residents,
  count(*) filter (where r.born <= current_date - interval '60 years') as residents_60,
  count(*) filter (where r.tags @> array['living_alone']) as residents_alone
from yike.unit u
join yike.resident r on r.unit_id = u.id and r.lives_here
where u.path >= :lower and u.path < :upper
group by u.id
order by u.id
