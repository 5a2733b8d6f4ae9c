-- Incidents whose order is to go out by itself now. One process takes one; it holds the row until it is done.
select l.id as deadline_id, i.id as incident_id, i.path, i.department_id, coalesce(r.dispatch_to, 'worker') as dispatch_to
from yike.deadline l
join yike.incident i on i.id = l.incident_id
left join yike.rule r on r.id = i.rule_id
where l.purpose = 'dispatch' and l.due_at <= now()
order by l.due_at
limit 1
for update of l skip locked
