with merged as (
  insert into yike.street_node as n (origin, source_key, geom)
  select 'imported', source_key, st_setsrid(st_makepoint(lon, lat), 4326) from staged_street_node
  on conflict (source_key) do update set geom = excluded.geom
  where n.geom is distinct from excluded.geom
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
