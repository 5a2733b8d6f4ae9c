insert into yike.rule (code, kind, name, name_en, type, metric, increment_metric, comparison, threshold,
  threshold_high, recovery, counter_max, window_s, interval_s, for_s, keep_for_s, clearing, severity, quiet_from,
  quiet_to, minds_absence, dispatch_after_s, dispatch_to, accept_within_s, enabled, basis)
select code, kind, name, name_en, type, metric, increment_metric, comparison, threshold,
  threshold_high, recovery, counter_max, window_s, interval_s, coalesce(for_s, 0), coalesce(keep_for_s, 0), clearing,
  severity, quiet_from, quiet_to, coalesce(minds_absence, false), dispatch_after_s, coalesce(dispatch_to, 'worker'),
  coalesce(accept_within_s, case when severity >= 4 then 180 when severity = 3 then 600 else 3600 end),
  coalesce(enabled, true), basis
from jsonb_to_recordset(cast(:rows as jsonb))
  as r(code text, kind text, name text, name_en text, type text, metric text, increment_metric text, comparison text,
    threshold double precision, threshold_high double precision, recovery double precision,
    counter_max double precision, window_s integer, interval_s integer, for_s integer, keep_for_s integer,
    clearing text, severity smallint, quiet_from time, quiet_to time, minds_absence boolean,
    dispatch_after_s integer, dispatch_to text, accept_within_s integer, enabled boolean, basis text)
on conflict (code) do update
set kind = excluded.kind, name = excluded.name, name_en = excluded.name_en, type = excluded.type,
  metric = excluded.metric, increment_metric = excluded.increment_metric, comparison = excluded.comparison,
  threshold = excluded.threshold, threshold_high = excluded.threshold_high, recovery = excluded.recovery,
  counter_max = excluded.counter_max, window_s = excluded.window_s, interval_s = excluded.interval_s,
  for_s = excluded.for_s, keep_for_s = excluded.keep_for_s, clearing = excluded.clearing,
  severity = excluded.severity, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
  minds_absence = excluded.minds_absence, dispatch_after_s = excluded.dispatch_after_s,
  dispatch_to = excluded.dispatch_to, accept_within_s = excluded.accept_within_s, basis = excluded.basis
-- What somebody has edited stays as they left it.
where rule.edited_at is null
