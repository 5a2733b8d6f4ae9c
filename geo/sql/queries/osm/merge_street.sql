with merged as (
  insert into yike.street as t (
    origin, source_key, from_node_id, to_node_id, name, name_en, street_class, length_m, walk, cycle, drive,
    oneway_walk, oneway_cycle, oneway_drive, steps, bridge, tunnel, across, geom)
  select
    'imported', source_key, from_node_id, to_node_id, name, name_en, street_class, length_m, walk, cycle,
    drive, oneway_walk, oneway_cycle, oneway_drive, steps, bridge, tunnel, across, geom
  -- Once a key; and neighbours in space become neighbours on disk: PostGIS sorts shapes along a Hilbert curve.
  from (select distinct on (source_key) * from staged_street order by source_key) as s
  order by geom, source_key
  on conflict (source_key) do update
  set
    from_node_id = excluded.from_node_id, to_node_id = excluded.to_node_id, name = excluded.name,
    name_en = excluded.name_en, street_class = excluded.street_class, length_m = excluded.length_m,
    walk = excluded.walk, cycle = excluded.cycle, drive = excluded.drive, oneway_walk = excluded.oneway_walk,
    oneway_cycle = excluded.oneway_cycle, oneway_drive = excluded.oneway_drive, steps = excluded.steps,
    bridge = excluded.bridge, tunnel = excluded.tunnel, across = excluded.across, geom = excluded.geom
  where (
    t.from_node_id, t.to_node_id, t.name, t.name_en, t.street_class, t.length_m, t.walk, t.cycle, t.drive,
    t.oneway_walk, t.oneway_cycle, t.oneway_drive, t.steps, t.bridge, t.tunnel, t.across, t.geom)
  is distinct from (
    excluded.from_node_id, excluded.to_node_id, excluded.name, excluded.name_en, excluded.street_class,
    excluded.length_m, excluded.walk, excluded.cycle, excluded.drive, excluded.oneway_walk,
    excluded.oneway_cycle, excluded.oneway_drive, excluded.steps, excluded.bridge, excluded.tunnel,
    excluded.across, excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
