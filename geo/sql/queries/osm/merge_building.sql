with merged as (
  insert into yike.building as t (
    origin, source_key, name, name_en, address, use, floors, height_m, geom)
  select
    'imported', source_key, name, name_en, address, use, floors, height_m, geom
  -- Once a key; and neighbours in space become neighbours on disk: PostGIS sorts shapes along a Hilbert curve.
  from (select distinct on (source_key) * from staged_building order by source_key) as s
  order by geom, source_key
  on conflict (source_key) do update
  set
    name = excluded.name, name_en = excluded.name_en, address = excluded.address, use = excluded.use,
    floors = excluded.floors, height_m = excluded.height_m, geom = excluded.geom
  where (
    t.name, t.name_en, t.address, t.use, t.floors, t.height_m, t.geom)
  is distinct from (
    excluded.name, excluded.name_en, excluded.address, excluded.use, excluded.floors, excluded.height_m,
    excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
