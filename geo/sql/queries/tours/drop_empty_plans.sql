delete from yike.tour_plan p
where p.id = :plan and not exists (select from yike.tour t where t.plan_id = p.id)
