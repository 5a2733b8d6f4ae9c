create function yike.ensure_rollup_partition(day date) returns void
language plpgsql as $$
declare
  month date := date_trunc('month', day)::date;
  name text := format('telemetry_hour_%s', to_char(month, 'YYYYMM'));
begin
  if to_regclass('yike.' || name) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('yike.telemetry_hour'));
  execute format(
    'create table if not exists yike.%I partition of yike.telemetry_hour for values from (%L) to (%L)',
    name, month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
end
$$;

create function yike.drop_rollups_before(day date) returns integer
language plpgsql as $$
declare
  name text;
  dropped integer := 0;
begin
  for name in
    select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
    where h.inhparent = 'yike.telemetry_hour'::regclass
      and c.relname ~ '^telemetry_hour_[0-9]{6}$'
      and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= day
  loop
    execute format('drop table yike.%I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

create function yike.roll_up_hour() returns timestamptz
language plpgsql
-- The sizes of a day and of what came late differ by a thousand: each hour is planned for itself.
set plan_cache_mode = force_custom_plan
as $$
-- Brings the figures of one hour that is over up to date, the newest that needs it; null: none does, or another
-- process is at it. An hour is made anew from its readings for the devices that sent something, so the same twice is
-- the same once. The notes go in the same transaction: what is noted later is rolled up again later.
declare
  this_hour timestamptz;
  received_from timestamptz;
  received_to timestamptz;
begin
  if not pg_try_advisory_xact_lock(hashtext('yike.roll_up')) then
    return null;
  end if;
  select p.hour into this_hour
  from yike.telemetry_pending p
  where p.hour <= now() - interval '1 hour'
  order by p.hour desc
  limit 1;
  if this_hour is null then
    return null;
  end if;
  perform yike.ensure_rollup_partition((this_hour at time zone 'UTC')::date);

  with noted as (
    delete from yike.telemetry_pending p where p.hour = this_hour returning p.first_received_at, p.last_received_at
  )
  select min(first_received_at), max(last_received_at) into received_from, received_to from noted;

  -- A statement of its own, which sees all that the notes speak of, and perhaps more.
  insert into yike.telemetry_hour as r (device_id, metric, hour, count, min, max, sum, first, last)
  select t.device_id, m.metric, this_hour, count(*), min(m.value), max(m.value), sum(m.value),
    (array_agg(m.value order by t.observed_at))[1], (array_agg(m.value order by t.observed_at desc))[1]
  from yike.telemetry t
  cross join lateral (
    select k as metric, yike.metric(t.values, k) as value from jsonb_object_keys(t.values) as k
  ) as m
  where t.observed_at >= this_hour and t.observed_at < this_hour + interval '1 hour'
    and m.value is not null
    and t.device_id in (
      select n.device_id
      from yike.telemetry n
      where n.observed_at >= this_hour and n.observed_at < this_hour + interval '1 hour'
        and n.received_at >= received_from and n.received_at <= received_to
    )
  group by t.device_id, m.metric
  on conflict (device_id, metric, hour) do update
  set count = excluded.count, min = excluded.min, max = excluded.max, sum = excluded.sum,
    first = excluded.first, last = excluded.last;
  return this_hour;
end
$$;

comment on function yike.roll_up_hour() is 'Brings the hourly figures of one finished hour up to date; returns it, or null when nothing was to do';
