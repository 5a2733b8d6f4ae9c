-- What the map and the lists show of each incident, with the order that stands on it.
create view yike.incident_live as
select
  i.id,
  i.path,
  i.kind,
  i.title,
  -- As grave as the gravest of what was merged into it.
  greatest(i.severity, (
    select max(m.severity) from yike.incident m where m.merged_into_id = i.id and m.closed_at is null
  )) as severity,
  case when i.closed_at is null then 'open' else 'closed' end as state,
  i.device_id,
  i.rule_id,
  i.details,
  i.category,
  i.department_id as sorted_to_id,
  i.merged_into_id,
  i.recovered_at,
  i.opened_at,
  i.acknowledged_at,
  i.closed_at,
  i.closing,
  i.geom,
  w.id as order_id,
  w.state as order_state,
  w.escalated_at,
  w.worker_id,
  w.department_id
from yike.incident i
left join yike.work_order w
  on w.incident_id = coalesce(i.merged_into_id, i.id) and w.state not in ('closed', 'returned', 'cancelled');

comment on view yike.incident_live is 'Incidents with their state and the open order, if one stands';
