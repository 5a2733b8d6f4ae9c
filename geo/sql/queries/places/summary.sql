-- All numbers of an area at once. Abnormal and offline are counted over the few rows that stand, not over all devices.
with offline as (
  select d.id, d.kind
  from yike.device_offline o join yike.device d on d.id = o.device_id
  where d.path >= :lower and d.path < :upper
),
abnormal as (
  select distinct d.id, d.kind
  from yike.incident i join yike.device d on d.id = i.device_id
  where i.closed_at is null and d.path >= :lower and d.path < :upper
),
device as (
  select kind, count(*) as total, count(*) filter (where origin = 'sample') as sample
  from yike.device
  where path >= :lower and path < :upper
  group by kind
),
resident as (
  select count(*) as total,
    count(*) filter (where born <= current_date - interval '60 years') as over_60,
    count(*) filter (where 'living_alone' = any (tags)) as living_alone,
    count(*) filter (where origin = 'sample') as sample
  from yike.resident
  where path >= :lower and path < :upper and lives_here
),
today as (
  select i.id, i.closing
  from yike.incident i
  where i.closed_at >= date_trunc('day', now() at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai'
    and i.path >= :lower and i.path < :upper
),
arrival as (
  select percentile_cont(0.5) within group (order by extract(epoch from l.at - w.created_at)) as median_s
  from yike.work_order_log l
  join yike.work_order w on w.id = l.order_id
  join yike.incident i on i.id = w.incident_id
  where l.state = 'arrived' and l.at > now() - interval '1 day' and i.path >= :lower and i.path < :upper
)
select
  (select count(*) from yike.building where path >= :lower and path < :upper) as buildings,
  (select count(*) from yike.unit where path >= :lower and path < :upper) as homes,
  resident.total as residents,
  resident.over_60 as residents_60,
  resident.living_alone as living_alone,
  resident.sample as sample_residents,
  (select coalesce(sum(total), 0) from device) as devices,
  (select coalesce(sum(sample), 0) from device) as sample_devices,
  (select count(*) from abnormal) as abnormal,
  (select count(*) from offline o where o.id not in (select id from abnormal)) as offline,
  (select count(*) from yike.incident where closed_at is null and path >= :lower and path < :upper) as open_incidents,
  (
    select count(*) from yike.incident_live
    where closed_at is null and order_id is null and path >= :lower and path < :upper
  ) as waiting_incidents,
  (select count(*) from today) as handled_today,
  (select median_s from arrival) as median_arrival_s,
  (select count(*) from yike.worker where on_duty and path >= :lower and path < :upper) as workers_on_duty,
  (select count(*) from yike.facility where path >= :lower and path < :upper) as facilities,
  (
    select coalesce(jsonb_agg(jsonb_build_object('kind', device.kind, 'total', device.total,
      'abnormal', (select count(*) from abnormal a where a.kind = device.kind),
      'offline', (select count(*) from offline o where o.kind = device.kind and o.id not in (select id from abnormal)))
      order by k.sort), '[]')
    from device join yike.device_kind k on k.code = device.kind
  ) as kinds
from resident
