-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
with merged as (
  insert into yike.worker as t (
    origin, source_key, name, phone, department_id, on_duty, profile, post, path)
  select
    'imported',
    s.source_key,
    s.name,
    case when 'phone' = any(:given) then s.phone else k.phone end,
    case when 'department' = any(:given) then d.id else k.department_id end,
    case when 'on_duty' = any(:given) then coalesce(s.on_duty, false) else coalesce(k.on_duty, false) end,
    case when 'profile' = any(:given) then coalesce(s.profile, 'walk') else coalesce(k.profile, 'walk') end,
    case when 'post' = any(:given) then s.geom else k.post end,
    coalesce(nullif(s.path, ''), nullif(yike.path_at(s.geom), ''), k.path, '')
  from incoming_worker s
  left join yike.worker k on k.source_key = s.source_key
  left join lateral (
    select d.id from yike.department d where d.name = s.department and d.origin <> 'sample' order by d.id limit 1
  ) as d on true
  on conflict (source_key) do update
  set
    origin = excluded.origin, name = excluded.name, phone = excluded.phone,
    department_id = excluded.department_id, on_duty = excluded.on_duty, profile = excluded.profile,
    post = excluded.post, path = excluded.path
  where (
    t.name, t.phone, t.department_id, t.on_duty, t.profile, t.post, t.path)
  is distinct from (
    excluded.name, excluded.phone, excluded.department_id, excluded.on_duty, excluded.profile, excluded.post,
    excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
