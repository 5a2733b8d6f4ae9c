-- Only gates in a compound's wall: within 15 m of its outline (Web Mercator's metres are longer by 1/cos(latitude)).
with merged as (
  insert into yike.gate as g (origin, source_key, compound_id, name, geom)
  select 'imported', s.source_key, c.id, s.name, s.geom
  from staged_gate s
  cross join lateral (
    select c.id
    from yike.compound c
    where st_dwithin(st_boundary(c.geom_3857), st_transform(s.geom, 3857), 15 / cos(radians(st_y(s.geom))))
    order by st_distance(st_boundary(c.geom_3857), st_transform(s.geom, 3857)), c.id
    limit 1
  ) as c
  on conflict (source_key) do update set compound_id = excluded.compound_id, name = excluded.name, geom = excluded.geom
  where (g.compound_id, g.name, g.geom) is distinct from (excluded.compound_id, excluded.name, excluded.geom)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
