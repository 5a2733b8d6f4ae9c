-- Homes that a rule wants visited until a day: never visited, or the last visit is `every_days` ago by then. Of several
-- rules that meet a home the one that falls due first counts, with the greatest length and weight of them.
with due as (
  select m.unit_id, min(m.every_days) as every_days, max(m.visit_s) as visit_s, max(m.priority) as priority,
    array_agg(distinct m.tag) as tags,
    array_agg(distinct m.skill) filter (where m.skill is not null) as skills
  from (
    select r.unit_id, v.tag, v.skill, v.every_days, v.visit_s, v.priority
    from yike.visit_rule v
    join yike.resident r on r.tags @> array[v.tag] and r.lives_here
      and r.path >= v.path and (v.path = '' or r.path < v.path || '0')
    where v.enabled and r.path >= :lower and r.path < :upper
  ) as m
  group by m.unit_id
),
dated as (
  select d.*, l.last_visit_on, l.last_visit_on + d.every_days as due_on
  from due d
  left join lateral (
    select max(cast(v.done_at at time zone 'Asia/Shanghai' as date)) as last_visit_on
    from yike.visit v where v.unit_id = d.unit_id and v.state = 'done'
  ) as l on true
)
select h.unit_id, h.area, h.building_id, h.floor, h.room, h.entrance, h.building, h.address, h.has_lift, h.compound,
  h.lon, h.lat, h.wish_opens, h.wish_closes, h.weekdays, h.wish, h.people,
  d.tags, d.skills, d.every_days, d.visit_s, d.priority, d.last_visit_on, d.due_on,
  p.day as planned_on, p.worker_id as planned_worker_id, k.name as planned_worker,
  count(*) over () as total, count(p.day) over () as planned
from dated d
join yike.visit_home h on h.unit_id = d.unit_id
left join lateral (
  select v.day, t.worker_id
  from yike.visit v join yike.tour t on t.id = v.tour_id and t.state = 'accepted'
  where v.unit_id = d.unit_id and v.state = 'planned' and v.day >= cast(:today as date)
  order by v.day limit 1
) as p on true
left join yike.worker k on k.id = p.worker_id
where (d.due_on is null or d.due_on <= cast(:until as date))
  and (not cast(:only_open as boolean) or p.day is null)
  and (cast(:units as bigint[]) is null or d.unit_id = any (cast(:units as bigint[])))
order by d.priority desc, d.due_on nulls first, d.unit_id
limit :limit
