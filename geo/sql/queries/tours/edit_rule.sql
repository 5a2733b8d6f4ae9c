update yike.visit_rule
set tag = :tag, every_days = :every_days, visit_s = :visit_s, priority = :priority, skill = :skill, enabled = :enabled,
  edited_at = clock_timestamp(), edited_by = :who
where id = :rule
returning id
