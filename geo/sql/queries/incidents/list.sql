select i.id, yike.extent(i.geom) as extent,
  cast(json_build_object('type', 'Feature', 'id', i.id,
    'geometry', cast(st_asgeojson(i.geom, 7) as json),
    'properties', json_build_object('id', i.id, 'kind', i.kind, 'title', i.title, 'title_en', r.name_en,
      'severity', i.severity, 'state', i.state, 'device_id', i.device_id, 'device_kind', d.kind, 'device', d.name,
      'building', nullif(concat_ws(' ', c.name, b.name), ''),
      'address', b.address, 'floor', d.floor, 'entrance', e.label, 'room', u.room,
      'opened_at', i.opened_at, 'acknowledged_at', i.acknowledged_at, 'closed_at', i.closed_at, 'closing', i.closing,
      'recovered_at', i.recovered_at, 'category', i.category, 'department', p.name, 'department_id', i.sorted_to_id,
      'merged_into_id', i.merged_into_id,
      'merged', (select count(*) from yike.incident m where m.merged_into_id = i.id),
      'call_first_until', (
        select l.due_at from yike.deadline l
        where l.incident_id = i.id and l.purpose = 'dispatch' and l.due_at > i.opened_at),
      'area', i.path, 'order_id', i.order_id, 'escalated_at', i.escalated_at, 'order_state', i.order_state, 'worker_id', i.worker_id,
      'worker', w.name)) as text) as feature
from yike.incident_live i
left join yike.rule r on r.id = i.rule_id
left join yike.device d on d.id = i.device_id
left join yike.building b on b.id = d.building_id
left join yike.compound c on c.id = b.compound_id
left join yike.unit u on u.id = d.unit_id
left join yike.entrance e on e.id = u.entrance_id
left join yike.worker w on w.id = i.worker_id
left join yike.department p on p.id = i.sorted_to_id
where i.id > :after
  and i.path >= :lower and i.path < :upper
  and (cast(:state as text) is null or i.state = :state)
  -- What was merged is seen to with what it was merged into.
  and (:with_merged or i.merged_into_id is null or i.id = cast(:incident as bigint) or i.merged_into_id = cast(:into as bigint))
  and (cast(:into as bigint) is null or i.merged_into_id = :into)
  and (cast(:incident as bigint) is null or i.id = :incident)
order by i.id
limit :limit
