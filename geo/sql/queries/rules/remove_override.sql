delete from yike.rule_override where id = :override and rule_id = :rule returning id
