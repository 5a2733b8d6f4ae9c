with merged as (
  insert into yike.entrance as e (origin, source_key, building_id, label, geom)
  select 'imported', s.source_key, b.id, s.label, st_setsrid(st_makepoint(s.lon, s.lat), 4326)
  from staged_entrance s
  join yike.building b on b.source_key = s.building
  on conflict (source_key) do update set building_id = excluded.building_id, label = excluded.label, geom = excluded.geom
  where (e.building_id, e.label, e.geom) is distinct from (excluded.building_id, excluded.label, excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
