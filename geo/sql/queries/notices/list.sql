-- Newest first, and about whom stays out.
select n.id, n.at, n.event, n.audience, n.channel_id, c.name as channel, n.incident_id, n.order_id, n.worker_id,
  n.state, n.attempts, n.next_at, n.sent_at, n.error
from yike.notification n
join yike.channel c on c.id = n.channel_id
join yike.incident i on i.id = n.incident_id
where i.path >= :lower and i.path < :upper and (:after = 0 or n.id < :after)
  and (cast(:id as bigint) is null or n.id = :id)
  and (cast(:state as text) is null or n.state = :state)
  and (cast(:order as bigint) is null or n.order_id = :order)
  and (cast(:incident as bigint) is null or n.incident_id = :incident)
order by n.id desc
limit :limit
