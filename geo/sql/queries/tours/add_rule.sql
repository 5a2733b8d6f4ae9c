insert into yike.visit_rule (tag, every_days, visit_s, priority, skill, enabled, path, edited_by)
values (:tag, :every_days, :visit_s, :priority, :skill, :enabled, :path, :who)
returning id
