insert into yike.area as a (origin, source_key, parent_id, level, label, path, name, name_en, geom)
select :origin, :key, (select p.id from yike.area p where p.source_key = :parent), :level, :label, :label, :name, :name_en,
  st_multi(st_geomfromtext(:shape, 4326))
on conflict (source_key) do update
set origin = excluded.origin, parent_id = excluded.parent_id, level = excluded.level, label = excluded.label,
  name = excluded.name, name_en = excluded.name_en, geom = excluded.geom
where (a.origin, a.parent_id, a.level, a.label, a.name, a.name_en, a.geom)
  is distinct from (excluded.origin, excluded.parent_id, excluded.level, excluded.label, excluded.name, excluded.name_en,
    excluded.geom)
returning (xmax = 0) as inserted
