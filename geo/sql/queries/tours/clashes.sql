-- What keeps a proposed tour from being accepted: the worker has one that day, or a home is planned elsewhere by now.
select 'worker' as what, o.worker_id as id
from yike.tour t
join yike.tour o on o.worker_id = t.worker_id and o.day = t.day and o.state = 'accepted'
where t.id = any (cast(:tours as bigint[]))
union all
select 'home', v.unit_id
from yike.visit v
join yike.visit p on p.unit_id = v.unit_id and p.state = 'planned' and p.day >= cast(:today as date)
join yike.tour o on o.id = p.tour_id and o.state = 'accepted'
where v.tour_id = any (cast(:tours as bigint[]))
limit 1
