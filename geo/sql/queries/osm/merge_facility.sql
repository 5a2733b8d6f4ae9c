with merged as (
  insert into yike.facility as t (
    origin, source_key, category, name, name_en, capacity, opening_hours, geom)
  select
    'imported', source_key, category, name, name_en, capacity, opening_hours, geom
  -- Once a key; and neighbours in space become neighbours on disk: PostGIS sorts shapes along a Hilbert curve.
  from (select distinct on (source_key) * from staged_facility order by source_key) as s
  order by geom, source_key
  on conflict (source_key) do update
  set
    category = excluded.category, name = excluded.name, name_en = excluded.name_en,
    capacity = excluded.capacity, opening_hours = excluded.opening_hours, geom = excluded.geom
  where (
    t.category, t.name, t.name_en, t.capacity, t.opening_hours, t.geom)
  is distinct from (
    excluded.category, excluded.name, excluded.name_en, excluded.capacity, excluded.opening_hours,
    excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
