select * from yike.visit_details where tour_id = any (cast(:tours as bigint[])) order by tour_id, position, id
