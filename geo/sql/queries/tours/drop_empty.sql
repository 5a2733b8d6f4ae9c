delete from yike.tour t
where t.id = any (cast(:tours as bigint[])) and not exists (select from yike.visit v where v.tour_id = t.id)
