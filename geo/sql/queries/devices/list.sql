select d.id, yike.extent(d.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', d.id,
    'geometry', cast(st_asgeojson(d.geom, 7) as json),
    'properties', json_build_object('id', d.id, 'external_id', d.external_id, 'kind', d.kind, 'name', d.name,
      'status', l.status, 'since', coalesce(l.since, back.since, d.installed_at), 'last_seen', s.observed_at,
      'area', d.path, 'building_id', d.building_id, 'floor', d.floor)) as text) as feature
from yike.device d
join yike.device_live l on l.id = d.id
left join yike.device_state s on s.device_id = d.id
left join lateral (
  select max(i.closed_at) as since from yike.incident i where i.device_id = d.id
) as back on true
where d.id > :after
  and d.path >= :lower and d.path < :upper
  and d.geom_3857 && yike.box_3857(:west, :south, :east, :north)
  and (cast(:kind as text) is null or d.kind = :kind)
  and (cast(:status as text) is null or l.status = :status)
order by d.id
limit :limit
