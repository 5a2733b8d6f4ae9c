select * from yike.rule where id = :rule for update
