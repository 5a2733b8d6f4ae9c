-- Each device with the rules of its kind as they stand for it.
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
left join yike.rule_exception x on x.device_id = d.id and x.rule_id = r.id
left join yike.rule_override o on o.id = x.override_id;

comment on view yike.device_rule is 'Rules as they stand for each device, overrides applied';
