-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
with merged as (
  insert into yike.building as t (
    origin, source_key, compound_id, name, name_en, address, use, floors, height_m, has_lift, datum,
    geom_delivered, geom, path)
  select
    'imported',
    s.source_key,
    coalesce(s.compound_id, k.compound_id),
    case when 'name' = any(:given) then s.name else k.name end,
    case when 'name_en' = any(:given) then s.name_en else k.name_en end,
    case when 'address' = any(:given) then s.address else k.address end,
    case when 'use' = any(:given) then coalesce(s.use, 'other') else coalesce(k.use, 'other') end,
    case when 'floors' = any(:given) then s.floors else k.floors end,
    case when 'height_m' = any(:given) then s.height_m else k.height_m end,
    case when 'has_lift' = any(:given) then s.has_lift else k.has_lift end,
    s.datum,
    s.geom_delivered,
    s.geom,
    yike.path_at(st_pointonsurface(s.geom))
  from incoming_building s
  left join yike.building k on k.source_key = s.source_key
  order by s.geom, s.source_key
  on conflict (source_key) do update
  set
    origin = excluded.origin, compound_id = excluded.compound_id, name = excluded.name,
    name_en = excluded.name_en, address = excluded.address, use = excluded.use, floors = excluded.floors,
    height_m = excluded.height_m, has_lift = excluded.has_lift, datum = excluded.datum,
    geom_delivered = excluded.geom_delivered, geom = excluded.geom, path = excluded.path
  where (
    t.compound_id, t.name, t.name_en, t.address, t.use, t.floors, t.height_m, t.has_lift, t.datum,
    t.geom_delivered, t.geom, t.path)
  is distinct from (
    excluded.compound_id, excluded.name, excluded.name_en, excluded.address, excluded.use, excluded.floors,
    excluded.height_m, excluded.has_lift, excluded.datum, excluded.geom_delivered, excluded.geom,
    excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
