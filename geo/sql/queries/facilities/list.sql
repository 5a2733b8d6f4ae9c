select f.id, yike.extent(f.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', f.id,
    'geometry', cast(st_asgeojson(f.geom, 7) as json),
    'properties', json_build_object('id', f.id, 'category', f.category, 'name', f.name, 'name_en', f.name_en,
      'capacity', f.capacity, 'opening_hours', f.opening_hours, 'building_id', f.building_id, 'area', f.path,
      'origin', f.origin)) as text) as feature
from yike.facility f
where f.id > :after
  and f.path >= :lower and f.path < :upper
  and f.geom_3857 && yike.box_3857(:west, :south, :east, :north)
  and (cast(:category as text) is null or f.category = :category)
order by f.id
limit :limit
