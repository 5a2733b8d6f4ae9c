select d.id, yike.extent(d.geom) as extent, st_x(d.geom) as lon, st_y(d.geom) as lat,
  d.external_id, d.kind, k.name as kind_name, k.name_en as kind_name_en, d.name, l.status,
  coalesce(l.since, back.since, d.installed_at) as since, s.observed_at as last_seen,
  coalesce(s.values, '{}') as values, d.path, d.building_id, d.unit_id, d.floor,
  c.name as compound, b.name as building, b.address,
  (
    select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'title', i.title, 'title_en', r.name_en,
      'severity', i.severity, 'opened_at', i.opened_at, 'acknowledged_at', i.acknowledged_at, 'details', i.details,
      'order_id', i.order_id, 'order_state', i.order_state, 'worker_id', i.worker_id, 'worker', w.name)
      order by i.severity desc, i.opened_at), '[]')
    from yike.incident_live i
    left join yike.rule r on r.id = i.rule_id
    left join yike.worker w on w.id = i.worker_id
    where i.device_id = d.id and i.closed_at is null
  ) as incidents
from yike.device d
join yike.device_live l on l.id = d.id
join yike.device_kind k on k.code = d.kind
left join yike.device_state s on s.device_id = d.id
left join yike.building b on b.id = d.building_id
left join yike.compound c on c.id = b.compound_id
left join lateral (
  select max(i.closed_at) as since from yike.incident i where i.device_id = d.id
) as back on true
where d.id = :device and d.path >= :lower and d.path < :upper
