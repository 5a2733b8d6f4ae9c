-- An order with the place it leads to and its steps: what a worker needs to see.
create view yike.order_details as
select
  w.id, w.incident_id, w.worker_id, k.name as worker, w.department_id, p.name as department,
  w.state, w.created_at, w.state_at, w.accept_by, w.escalated_at, w.reason, w.rating, w.rated_at,
  i.title, r.name_en as title_en, i.severity, i.kind as incident_kind, i.category, i.recovered_at, i.device_id, d.kind as device_kind, d.name as device,
  st_x(i.geom) as lon, st_y(i.geom) as lat, i.path as area,
  d.building_id, d.floor, b.name as building, b.address, c.name as compound, u.room, e.label as entrance,
  (
    select coalesce(jsonb_agg(jsonb_build_object('state', l.state, 'at', l.at, 'who', l.who, 'note', l.note)
      order by l.at, l.id), '[]')
    from yike.work_order_log l where l.order_id = w.id
  ) as steps,
  (
    select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'at', f.at, 'who', f.who, 'width', f.width,
      'height', f.height) order by f.id), '[]')
    from yike.photo f where f.incident_id = w.incident_id and (f.order_id is null or f.order_id = w.id)
  ) as photos,
  (select text from yike.report p where p.incident_id = w.incident_id) as report,
  (select count(*) from yike.incident m where m.merged_into_id = w.incident_id) as merged
from yike.work_order w
join yike.incident i on i.id = w.incident_id
left join yike.rule r on r.id = i.rule_id
left join yike.worker k on k.id = w.worker_id
left join yike.department p on p.id = w.department_id
left join yike.device d on d.id = i.device_id
left join yike.building b on b.id = d.building_id
left join yike.compound c on c.id = b.compound_id
left join yike.unit u on u.id = d.unit_id
left join yike.entrance e on e.id = u.entrance_id;

comment on view yike.order_details is 'Work orders with incident, place and log';
