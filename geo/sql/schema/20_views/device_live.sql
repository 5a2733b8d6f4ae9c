-- What the map shows of each device. Red wins over grey, grey over blue; all three follow from rows
-- that stand (open incidents, device_offline), never from a stored status that could disagree with them.
create view yike.device_live as
select
  d.id,
  d.path,
  d.kind,
  st_x(d.geom) as lon,
  st_y(d.geom) as lat,
  case
    when i.severity is not null then 'abnormal'
    when o.device_id is not null then 'offline'
    else 'normal'
  end as status,
  coalesce(i.since, o.since) as since,
  i.severity,
  i.order_state
from yike.device d
left join yike.device_offline o on o.device_id = d.id
left join lateral (
  select
    max(incident.severity) as severity,
    min(incident.opened_at) as since,
    -- The furthest help has come: of several open orders the one nearest to its end.
    (array_agg(w.state order by array_position(
      array['handled', 'verified', 'arrived', 'accepted', 'dispatched'], w.state)))[1] as order_state
  from yike.incident
  left join yike.work_order w
    -- Help that is on its way to what an incident was merged into comes to this device too.
    on w.incident_id = coalesce(incident.merged_into_id, incident.id) and w.state not in ('closed', 'returned', 'cancelled')
  where incident.device_id = d.id and incident.closed_at is null
) as i on true;

comment on view yike.device_live is 'Status of every device as the map shows it: abnormal, offline or normal';
