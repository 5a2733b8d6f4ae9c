select i.id, yike.extent(i.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', i.id,
    'geometry', cast(st_asgeojson(i.geom, 7) as json),
    'properties', json_build_object('id', i.id, 'kind', i.kind, 'title', i.title, 'title_en', r.name_en,
      'severity', i.severity, 'state', i.state, 'device_id', i.device_id, 'device_kind', d.kind, 'device', d.name,
      'building', nullif(concat_ws(' ', c.name, b.name), ''),
      'address', b.address, 'floor', d.floor, 'entrance', e.label, 'room', u.room,
      'opened_at', i.opened_at, 'acknowledged_at', i.acknowledged_at, 'closed_at', i.closed_at, 'closing', i.closing,
      'area', i.path, 'order_id', i.order_id, 'order_state', i.order_state, 'worker_id', i.worker_id,
      'worker', w.name)) as text) as feature
from yike.incident_live i
left join yike.rule r on r.id = i.rule_id
left join yike.device d on d.id = i.device_id
left join yike.building b on b.id = d.building_id
left join yike.compound c on c.id = b.compound_id
left join yike.unit u on u.id = d.unit_id
left join yike.entrance e on e.id = u.entrance_id
left join yike.worker w on w.id = i.worker_id
where i.id > :after
  and i.path >= :lower and i.path < :upper
  and (cast(:state as text) is null or i.state = :state)
  and (cast(:incident as bigint) is null or i.id = :incident)
order by i.id
limit :limit
