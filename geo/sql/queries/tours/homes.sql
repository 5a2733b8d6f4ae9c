select * from yike.visit_home where unit_id = any (cast(:units as bigint[]))
