select b.id, yike.extent(b.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', b.id,
    'geometry', cast(st_asgeojson(b.geom, 7) as json),
    'properties', json_build_object('id', b.id, 'name', b.name, 'name_en', b.name_en, 'address', b.address,
      'compound', c.name, 'use', b.use, 'floors', b.floors, 'height_m', coalesce(b.height_m, b.floors * 3.0),
      'area', b.path, 'origin', b.origin)) as text) as feature
from yike.building b
left join yike.compound c on c.id = b.compound_id
where b.id > :after
  and b.path >= :lower and b.path < :upper
  and b.geom_3857 && yike.box_3857(:west, :south, :east, :north)
order by b.id
limit :limit
