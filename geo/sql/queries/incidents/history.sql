select l.at, l.step, l.who, l.note, null as order_id, null as state, null as worker
from yike.incident_log l
where l.incident_id = :incident
union all
select o.at, 'order', o.who, o.note, w.id, o.state, k.name
from yike.work_order_log o
join yike.work_order w on w.id = o.order_id
left join yike.worker k on k.id = o.worker_id
where w.incident_id in (
  select coalesce(i.merged_into_id, i.id) from yike.incident i where i.id = :incident
  union all
  select :incident)
order by at
