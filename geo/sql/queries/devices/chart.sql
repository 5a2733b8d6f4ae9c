-- `since` is a full hour. Hours with readings that are in no figures yet are made from the readings themselves.
with hourly as (
  select r.hour, r.count, r.min, r.max, r.sum, r.first, r.last
  from yike.telemetry_hour r
  where r.device_id = :device and r.metric = :metric and r.hour >= :since and r.hour < :until
    and not exists (select from yike.telemetry_pending p where p.hour = r.hour)
  union all
  select h.hour, fresh.*
  from generate_series(cast(:since as timestamptz), cast(:until as timestamptz), interval '1 hour') as h(hour)
  cross join lateral (
    select count(*), min(m.value), max(m.value), sum(m.value),
      (array_agg(m.value order by t.observed_at))[1], (array_agg(m.value order by t.observed_at desc))[1]
    from yike.telemetry t
    cross join lateral (select yike.metric(t.values, cast(:metric as text)) as value) as m
    where t.device_id = :device and t.observed_at >= h.hour and t.observed_at < h.hour + interval '1 hour'
      and m.value is not null
    having count(*) > 0
  ) as fresh
  where exists (select from yike.telemetry_pending p where p.hour = h.hour) and h.hour < :until
)
select date_bin(cast(:step as interval), h.hour, timestamptz '2000-01-01 00:00Z') as at,
  cast(sum(h.count) as bigint) as count, min(h.min) as min, max(h.max) as max, sum(h.sum) / sum(h.count) as avg,
  (array_agg(h.first order by h.hour))[1] as first, (array_agg(h.last order by h.hour desc))[1] as last
from hourly h
group by 1
order by 1
