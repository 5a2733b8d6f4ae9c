update yike.rule
set name = :name, name_en = :name_en, type = :type, metric = :metric, increment_metric = :increment_metric,
  comparison = :comparison, threshold = :threshold, threshold_high = :threshold_high, recovery = :recovery,
  counter_max = :counter_max, window_s = :window_s, interval_s = :interval_s, for_s = :for_s,
  keep_for_s = :keep_for_s, clearing = :clearing, severity = :severity, quiet_from = :quiet_from,
  quiet_to = :quiet_to, minds_absence = :minds_absence, dispatch_after_s = :dispatch_after_s,
  dispatch_to = :dispatch_to, accept_within_s = :accept_within_s, enabled = :enabled, basis = :basis,
  edited_at = now(), edited_by = :who
where id = :rule
returning id
