-- Rules of all kinds with how often they were right: what fired in the last thirty days, and what was called false.
select r.*, k.name as kind_name, k.name_en as kind_name_en,
  (
    select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'device_id', o.device_id, 'device', d.name, 'tag', o.tag,
      'enabled', o.enabled, 'threshold', o.threshold, 'threshold_high', o.threshold_high, 'window_s', o.window_s,
      'for_s', o.for_s, 'severity', o.severity, 'edited_at', o.edited_at, 'edited_by', o.edited_by) order by o.id), '[]')
    from yike.rule_override o
    left join yike.device d on d.id = o.device_id
    where o.rule_id = r.id and (o.device_id is null or (d.path >= :lower and d.path < :upper))
  ) as overrides,
  coalesce(n.fired, 0) as fired_30d, coalesce(n.false_alarms, 0) as false_alarms_30d
from yike.rule r
join yike.device_kind k on k.code = r.kind
left join (
  select i.rule_id, count(*) as fired, count(*) filter (where i.closing = 'false_alarm') as false_alarms
  from yike.incident i
  where i.rule_id is not null and i.opened_at > now() - interval '30 days' and i.path >= :lower and i.path < :upper
  group by i.rule_id
) as n on n.rule_id = r.id
where cast(:rule as bigint) is null or r.id = :rule
order by k.sort, r.id
