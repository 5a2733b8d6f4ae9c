-- Each device with the rules of its kind as they stand for it: what is set for the device itself comes before what
-- is set for a tag of somebody who lives there (the gravest first), and that before the rule.
create view yike.device_rule as
select
  d.id as device_id,
  d.unit_id,
  r.id as rule_id,
  r.type,
  r.metric,
  r.increment_metric,
  r.comparison,
  coalesce(o.threshold, r.threshold) as threshold,
  coalesce(o.threshold_high, r.threshold_high) as threshold_high,
  -- A recovery value that the override's threshold has passed by means nothing any more.
  case when o.threshold is null then r.recovery end as recovery,
  r.counter_max,
  coalesce(o.window_s, r.window_s) * interval '1 second' as within,
  r.interval_s * interval '1 second' as each_interval,
  coalesce(o.for_s, r.for_s) * interval '1 second' as lasting,
  r.keep_for_s * interval '1 second' as keep_for,
  r.clearing,
  coalesce(o.severity, r.severity) as severity,
  r.quiet_from,
  r.quiet_to,
  r.minds_absence,
  coalesce(o.enabled, r.enabled) as enabled
from yike.device d
join yike.rule r on r.kind = d.kind
left join lateral (
  select v.*
  from yike.rule_override v
  where v.rule_id = r.id
    and (v.device_id = d.id or (v.tag is not null and exists (
      select from yike.resident p where p.unit_id = d.unit_id and p.lives_here and v.tag = any (p.tags))))
  order by v.device_id nulls last, v.severity desc nulls last, v.id
  limit 1
) as o on true;

comment on view yike.device_rule is 'Rules as they stand for each device, overrides applied';
