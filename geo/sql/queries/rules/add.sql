insert into yike.rule (code, kind, name, name_en, type, metric, increment_metric, comparison, threshold,
  threshold_high, recovery, counter_max, window_s, interval_s, for_s, keep_for_s, clearing, severity, quiet_from,
  quiet_to, minds_absence, dispatch_after_s, dispatch_to, accept_within_s, enabled, basis, edited_at, edited_by)
values (:code, :kind, :name, :name_en, :type, :metric, :increment_metric, :comparison, :threshold,
  :threshold_high, :recovery, :counter_max, :window_s, :interval_s, :for_s, :keep_for_s, :clearing, :severity,
  :quiet_from, :quiet_to, :minds_absence, :dispatch_after_s, :dispatch_to, :accept_within_s, :enabled, :basis, now(),
  :who)
returning id
