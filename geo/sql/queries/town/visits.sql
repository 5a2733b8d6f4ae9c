-- Rules, wishes and earlier visits for the sample: what a supervisor finds on the first day. Chance follows from ids alone.
with roots as (
  select path from yike.area where origin = 'sample' and parent_id is null
),
rules as (
  insert into yike.visit_rule (tag, every_days, visit_s, priority, path, origin)
  select x.tag, x.every_days, x.visit_s, x.priority, roots.path, 'sample'
  from roots cross join (values
    ('living_alone', 7, 1200, 70), ('bedridden', 7, 1800, 80), ('minimum_income', 30, 1200, 40),
    ('disabled', 14, 1200, 50)) as x(tag, every_days, visit_s, priority)
  on conflict do nothing
),
homes as (
  select distinct r.unit_id, u.path, hashint8(r.unit_id) & 1023 as chance
  from yike.resident r join yike.unit u on u.id = r.unit_id
  where r.origin = 'sample' and r.lives_here
    and r.tags && array['living_alone', 'bedridden', 'minimum_income', 'disabled']
),
wishes as (
  insert into yike.visit_wish (unit_id, opens, closes, weekdays, note)
  select unit_id,
    case when chance % 3 = 0 then time '15:00' when chance % 3 = 1 then time '09:00' end,
    case when chance % 3 = 0 then time '17:00' when chance % 3 = 1 then time '11:00' end,
    case when chance % 3 = 2 then 31 else 127 end,
    case when chance % 3 = 0 then '午睡后' when chance % 3 = 1 then '下午去康复' else '周末女儿在家' end
  from homes where chance < 200
  on conflict do nothing
)
insert into yike.visit (unit_id, day, done_at, state)
select unit_id, cast(at at time zone 'Asia/Shanghai' as date), at, 'done'
from homes
cross join lateral (select now() - (chance % 13 + 1) * interval '1 day' as at) as x
where chance % 5 < 4
