delete from yike.scenario where id = :id and path >= :lower and path < :upper returning id
