select observed_at, received_at, values
from yike.telemetry
where device_id = :device and observed_at >= :since and observed_at < :until
order by observed_at desc
limit :limit
