delete from yike.change where seq is not null and at < now() - cast(:keep as interval)
