-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
-- A label stays: what lies below an area is found by it.
with merged as (
  insert into yike.area as t (
    origin, source_key, parent_id, level, label, path, name, name_en, official_code, geom)
  select
    'imported',
    s.source_key,
    s.parent_id,
    s.level,
    coalesce(k.label, s.label),
    s.label,
    s.name,
    case when 'name_en' = any(:given) then s.name_en else k.name_en end,
    case when 'official_code' = any(:given) then s.official_code else k.official_code end,
    s.geom
  from incoming_area s
  left join yike.area k on k.source_key = s.source_key
  on conflict (source_key) do update
  set
    origin = excluded.origin, parent_id = excluded.parent_id, level = excluded.level, label = excluded.label,
    path = excluded.path, name = excluded.name, name_en = excluded.name_en,
    official_code = excluded.official_code, geom = excluded.geom
  where (
    t.parent_id, t.level, t.label, t.path, t.name, t.name_en, t.official_code, t.geom)
  is distinct from (
    excluded.parent_id, excluded.level, excluded.label, excluded.path, excluded.name, excluded.name_en,
    excluded.official_code, excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
