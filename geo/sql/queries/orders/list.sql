select *
from yike.order_details
where id > :after
  and area >= :lower and area < :upper
  and (cast(:worker as bigint) is null or worker_id = :worker)
  and (cast(:incident as bigint) is null or incident_id = :incident)
  and (cast(:state as text) is null or state = :state)
  and (not :only_open or state not in ('closed', 'returned', 'cancelled'))
order by id
limit :limit
