delete from yike.dead_letter where id = any(cast(:ids as bigint[]))
