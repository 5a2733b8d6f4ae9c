select distinct l.worker_id
from yike.work_order_log l join yike.work_order w on w.id = l.order_id
where w.incident_id = :incident and l.worker_id is not null
