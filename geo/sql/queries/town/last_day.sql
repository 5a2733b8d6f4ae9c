-- The last day of the history as readings: what its figures would have been made of.
insert into yike.telemetry (device_id, observed_at, received_at, values)
select h.device_id, h.hour + h.device_id % 60 * interval '1 minute', h.hour + interval '1 hour',
  jsonb_object_agg(h.metric, h.min)
from yike.telemetry_hour h
join yike.device d on d.id = h.device_id and d.origin = 'sample'
where h.hour >= cast(:until as timestamptz) - interval '1 day'
group by h.device_id, h.hour
order by h.hour, h.device_id
on conflict do nothing
