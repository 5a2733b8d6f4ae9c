select path from yike.area where id = cast(:id as bigint) or path = :path order by id limit 1
