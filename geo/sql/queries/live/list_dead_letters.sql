select id, received_at, reason, reading from yike.dead_letter where id > :after order by id limit :limit
