insert into yike.rule_override (rule_id, device_id, tag, enabled, threshold, threshold_high, window_s, for_s, severity,
  edited_by)
select r.id, d.id, :tag, :enabled, :threshold, :threshold_high, :window_s, :for_s, :severity, :who
from yike.rule r
left join yike.device d on d.id = cast(:device as bigint) and d.kind = r.kind and d.path >= :lower and d.path < :upper
where r.id = :rule and (cast(:device as bigint) is null or d.id is not null)
on conflict (rule_id, device_id, tag) do update
set enabled = excluded.enabled, threshold = excluded.threshold, threshold_high = excluded.threshold_high,
  window_s = excluded.window_s, for_s = excluded.for_s, severity = excluded.severity, edited_at = now(),
  edited_by = excluded.edited_by
returning id
