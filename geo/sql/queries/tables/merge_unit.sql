-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
with merged as (
  insert into yike.unit as t (
    origin, source_key, building_id, entrance_id, room, floor, tenure, path)
  select
    'imported',
    s.source_key,
    s.building_id,
    s.entrance_id,
    s.room,
    s.floor,
    case when 'tenure' = any(:given) then coalesce(s.tenure, 'owned') else coalesce(k.tenure, 'owned') end,
    b.path
  from incoming_unit s
  join yike.building b on b.id = s.building_id
  left join yike.unit k on k.building_id = s.building_id and k.entrance_id is not distinct from s.entrance_id
    and k.room = s.room
  on conflict (building_id, entrance_id, room) do update
  set
    origin = excluded.origin, source_key = excluded.source_key, floor = excluded.floor,
    tenure = excluded.tenure, path = excluded.path
  where (
    t.source_key, t.floor, t.tenure, t.path)
  is distinct from (
    excluded.source_key, excluded.floor, excluded.tenure, excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
