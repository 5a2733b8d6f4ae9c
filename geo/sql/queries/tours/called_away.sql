-- An accepted tour of today with visits left whose worker has taken an order since: one, locked to its end.
select t.id as tour_id, t.worker_id, t.day, o.id as order_id
from yike.tour t
join lateral (
  select w.id from yike.work_order w
  where w.worker_id = t.worker_id and w.state in ('accepted', 'arrived') and w.id > coalesce(t.away_order_id, 0)
  order by w.id desc limit 1
) as o on true
where t.state = 'accepted' and t.day = cast(:today as date)
  and exists (select from yike.visit v where v.tour_id = t.id and v.state = 'planned')
order by t.id
limit 1
for update of t skip locked
