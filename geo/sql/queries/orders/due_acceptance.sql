-- Orders nobody took in time. One process takes one; it holds the row until it is done.
select l.id as deadline_id, w.id as order_id, w.incident_id, w.state, w.worker_id, i.path
from yike.deadline l
join yike.work_order w on w.id = l.order_id
join yike.incident i on i.id = w.incident_id
where l.purpose = 'acceptance' and l.due_at <= now()
order by l.due_at
limit 1
for update of l skip locked
