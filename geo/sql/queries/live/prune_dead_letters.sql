delete from yike.dead_letter where received_at < now() - cast(:keep as interval)
