-- Thirty days of hourly figures of all sample devices that have none, made where they are kept. `shapes` says for each
-- kind and metric how often figures stand and how the value runs; chance follows from device and hour alone.
insert into yike.telemetry_hour (device_id, metric, hour, count, min, max, sum, first, last)
select d.id, s.metric, at.hour, 2, v.mid, v.mid + v.wide, 2 * v.mid + v.wide, v.mid, v.mid + v.wide
from jsonb_to_recordset(cast(:shapes as jsonb)) as s(
  kind text, metric text, every_h integer, lately_h integer, level double precision, vary double precision, swing double precision,
  spread double precision, per_day double precision)
join yike.device d on d.kind = s.kind and d.origin = 'sample'
join yike.device_state t on t.device_id = d.id
cross join lateral (
  select generate_series(cast(:until as timestamptz) - interval '30 days' + d.id % s.every_h * interval '1 hour',
    cast(:until as timestamptz) - interval '25 hours', s.every_h * interval '1 hour')
  union all
  select generate_series(cast(:until as timestamptz) - interval '1 day' + d.id % s.lately_h * interval '1 hour',
    cast(:until as timestamptz) - interval '1 hour', s.lately_h * interval '1 hour')
) as at(hour)
cross join lateral (
  select extract(epoch from cast(:until as timestamptz) - at.hour) / 86400 as ago_days,
    (hashint8(d.id * 1009 + cast(extract(epoch from at.hour) / 3600 as bigint)) & 65535) / 65536.0 as chance,
    d.id % 9 / 4.0 - 1 as kept
) as c
cross join lateral (
  select round(cast(greatest(0, case
      -- A counter ends at what stands in the newest state.
      when s.per_day > 0 then coalesce(yike.metric(t.values, s.metric), 0)
        - s.per_day * ((1 + c.kept / 2) * c.ago_days + 0.3 * c.chance)
      -- The day's rhythm: lowest about four in the morning in China.
      else s.level + s.vary * c.kept + s.spread * (c.chance - 0.5)
        - s.swing * cos((extract(hour from at.hour at time zone 'UTC') + 4) / 12.0 * pi())
    end) as numeric), 2)::double precision as mid,
    round(cast(s.spread * c.chance / 2 as numeric), 2)::double precision as wide
) as v
on conflict do nothing
