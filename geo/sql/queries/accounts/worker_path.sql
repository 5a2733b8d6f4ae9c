select path from yike.worker where id = cast(:worker as bigint)
