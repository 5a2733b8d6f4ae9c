select a.id, yike.extent(a.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', a.id,
    'geometry', cast(st_asgeojson(a.geom, 7) as json),
    'properties', json_build_object('id', a.id, 'level', a.level, 'name', a.name, 'name_en', a.name_en,
      'area', a.path, 'parent_id', a.parent_id, 'official_code', a.official_code, 'origin', a.origin)) as text) as feature
from yike.area a
where a.id > :after
  and a.path >= :lower and a.path < :upper
  and a.geom_3857 && yike.box_3857(:west, :south, :east, :north)
  and (cast(:level as text) is null or a.level = :level)
  and (cast(:parent as bigint) is null or a.parent_id = :parent)
order by a.id
limit :limit
