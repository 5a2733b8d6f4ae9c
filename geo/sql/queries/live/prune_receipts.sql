delete from yike.receipt where received_at < now() - cast(:keep as interval)
