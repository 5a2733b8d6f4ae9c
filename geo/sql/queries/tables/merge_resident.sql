-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
with merged as (
  insert into yike.resident as t (
    origin, source_key, unit_id, name, gender, born, phone, is_registered, lives_here, tags, path)
  select
    'imported',
    s.source_key,
    s.unit_id,
    s.name,
    case when 'gender' = any(:given) then s.gender else k.gender end,
    case when 'born' = any(:given) then s.born else k.born end,
    case when 'phone' = any(:given) then s.phone else k.phone end,
    coalesce(case when 'is_registered' = any(:given) then s.is_registered else k.is_registered end, true),
    coalesce(case when 'lives_here' = any(:given) then s.lives_here else k.lives_here end, true),
    case when 'tags' = any(:given) then coalesce(s.tags, '{}'::text[]) else coalesce(k.tags, '{}'::text[]) end,
    u.path
  from incoming_resident s
  join yike.unit u on u.id = s.unit_id
  left join yike.resident k on k.source_key = s.source_key
  on conflict (source_key) do update
  set
    origin = excluded.origin, unit_id = excluded.unit_id, name = excluded.name, gender = excluded.gender,
    born = excluded.born, phone = excluded.phone, is_registered = excluded.is_registered,
    lives_here = excluded.lives_here, tags = excluded.tags, path = excluded.path
  where (
    t.unit_id, t.name, t.gender, t.born, t.phone, t.is_registered, t.lives_here, t.tags, t.path)
  is distinct from (
    excluded.unit_id, excluded.name, excluded.gender, excluded.born, excluded.phone, excluded.is_registered,
    excluded.lives_here, excluded.tags, excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
