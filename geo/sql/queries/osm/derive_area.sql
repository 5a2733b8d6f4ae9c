insert into yike.area (origin, source_key, parent_id, level, label, path, name, name_en, geom)
select 'derived',
  'derived:' || coalesce((select p.path || '/' from yike.area p where p.id = cast(:parent as bigint)), '') || cast(:label as text),
  :parent, :level, :label, :label, :name, :name_en,
  st_multi(st_collectionextract(st_transform(st_geomfromtext(:shape, 3857), 4326), 3))
returning id
