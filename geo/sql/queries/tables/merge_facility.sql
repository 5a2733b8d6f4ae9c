-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
-- A service without a place of its own stands in its building.
with merged as (
  insert into yike.facility as t (
    origin, source_key, category, name, name_en, building_id, capacity, opening_hours, datum, geom_delivered,
    geom, path)
  select
    'imported',
    s.source_key,
    s.category,
    s.name,
    case when 'name_en' = any(:given) then s.name_en else k.name_en end,
    case when 'building_id' = any(:given) then s.building_id else k.building_id end,
    case when 'capacity' = any(:given) then s.capacity else k.capacity end,
    case when 'opening_hours' = any(:given) then s.opening_hours else k.opening_hours end,
    s.datum,
    s.geom_delivered,
    g.geom,
    yike.path_at(g.geom)
  from incoming_facility s
  left join yike.facility k on k.source_key = s.source_key
  left join yike.building b on b.id = s.building_id
  cross join lateral (select coalesce(s.geom, st_pointonsurface(b.geom)) as geom) as g
  order by g.geom, s.source_key
  on conflict (source_key) do update
  set
    origin = excluded.origin, category = excluded.category, name = excluded.name, name_en = excluded.name_en,
    building_id = excluded.building_id, capacity = excluded.capacity, opening_hours = excluded.opening_hours,
    datum = excluded.datum, geom_delivered = excluded.geom_delivered, geom = excluded.geom,
    path = excluded.path
  where (
    t.category, t.name, t.name_en, t.building_id, t.capacity, t.opening_hours, t.datum, t.geom_delivered,
    t.geom, t.path)
  is distinct from (
    excluded.category, excluded.name, excluded.name_en, excluded.building_id, excluded.capacity,
    excluded.opening_hours, excluded.datum, excluded.geom_delivered, excluded.geom, excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
