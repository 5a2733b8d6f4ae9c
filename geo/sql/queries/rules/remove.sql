-- Only what nothing hangs on: an incident keeps its rule.
delete from yike.rule r
where r.id = :rule and not exists (select from yike.incident i where i.rule_id = r.id)
returning id
