with merged as (
  insert into yike.ground as t (
    origin, source_key, kind, name, name_en, geom)
  select
    'imported', source_key, kind, name, name_en, geom
  -- Once a key; and neighbours in space become neighbours on disk: PostGIS sorts shapes along a Hilbert curve.
  from (select distinct on (source_key) * from staged_ground order by source_key) as s
  order by geom, source_key
  on conflict (source_key) do update
  set
    kind = excluded.kind, name = excluded.name, name_en = excluded.name_en, geom = excluded.geom
  where (
    t.kind, t.name, t.name_en, t.geom)
  is distinct from (
    excluded.kind, excluded.name, excluded.name_en, excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
