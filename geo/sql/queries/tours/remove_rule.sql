delete from yike.visit_rule where id = :rule and path >= :lower and path < :upper returning id
