create function yike.ensure_telemetry_partition(day date) returns void
language plpgsql as $$
declare
  name text := format('telemetry_%s', to_char(day, 'YYYYMMDD'));
begin
  if to_regclass('yike.' || name) is not null then
    return;
  end if;
  -- Two batches may both meet a new day.
  perform pg_advisory_xact_lock(hashtext('yike.telemetry'));
  execute format(
    'create table if not exists yike.%I partition of yike.telemetry for values from (%L) to (%L)',
    name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
end
$$;

create function yike.drop_telemetry_before(day date) returns integer
language plpgsql as $$
declare
  name text;
  dropped integer := 0;
begin
  for name in
    select c.relname from pg_inherits h join pg_class c on c.oid = h.inhrelid
    where h.inhparent = 'yike.telemetry'::regclass
      and c.relname ~ '^telemetry_[0-9]{8}$' and to_date(right(c.relname, 8), 'YYYYMMDD') < day
  loop
    execute format('drop table yike.%I', name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

create function yike.take_readings(
  batch jsonb, out accepted integer, out duplicate integer, out late integer, out unknown integer[]
)
language plpgsql as $$
-- One batch of readings in a few statements, whatever its size. `batch` is an array of
-- {"i": position, "d": external id, "t": time, "v": {metric: value}, "id": idempotency key or null},
-- already checked for form. `unknown` lists the positions whose device does not exist.
declare
  known integer;
  stored yike.taken[];
begin
  perform yike.ensure_telemetry_partition(days.day)
  from (
    select distinct (r.t at time zone 'UTC')::date as day from jsonb_to_recordset(batch) as r(t timestamptz)
  ) as days;

  -- Batches that share devices queue here, in one order, so that "newest" has one meaning.
  perform 1
  from yike.device_state s
  where s.device_id in (
    select d.id from jsonb_to_recordset(batch) as r(d text) join yike.device d on d.external_id = r.d)
  order by s.device_id
  for update;

  with reading as materialized (
    select r.i, d.id as device_id, r.t as observed_at, r.v as readings, r.id as reading_id
    from jsonb_to_recordset(batch) as r(i integer, d text, t timestamptz, v jsonb, id text)
    left join yike.device d on d.external_id = r.d
  ),
  fresh as (
    insert into yike.receipt (reading_id)
    select distinct reading_id from reading where reading_id is not null and device_id is not null
    on conflict do nothing
    returning reading_id
  ),
  kept as (
    insert into yike.telemetry (device_id, observed_at, values)
    select distinct on (r.device_id, r.observed_at) r.device_id, r.observed_at, r.readings
    from (
      select distinct on (coalesce(reading_id, 'position ' || i)) *
      from reading
      where device_id is not null and (reading_id is null or reading_id in (select reading_id from fresh))
      order by coalesce(reading_id, 'position ' || i), i
    ) as r
    order by r.device_id, r.observed_at, r.i
    on conflict do nothing
    returning device_id, observed_at, values
  )
  select
    (select count(*) from reading where device_id is not null),
    (select coalesce(array_agg(i order by i), '{}') from reading where device_id is null),
    (
      select coalesce(array_agg(
        row(k.device_id, k.observed_at, k.values, coalesce(k.observed_at < s.observed_at, false))::yike.taken), '{}')
      from kept k left join yike.device_state s on s.device_id = k.device_id
    )
  into known, unknown, stored;

  select count(*) filter (where not t.is_late), count(*) filter (where t.is_late)
  into accepted, late
  from unnest(stored) as t;
  duplicate := known - accepted - late;

  -- The newest state: each metric keeps its newest value, a late reading moves nothing back.
  insert into yike.device_state as s (device_id, observed_at, received_at, values)
  select t.device_id, max(t.observed_at), now(),
    -- Of equal keys the last one wins in jsonb_object_agg, hence the order.
    (select jsonb_object_agg(m.key, m.value order by n.observed_at)
     from unnest(stored) as n, jsonb_each(n.readings) as m
     where n.device_id = t.device_id and not n.is_late)
  from unnest(stored) as t
  where not t.is_late
  group by t.device_id
  order by t.device_id
  on conflict (device_id) do update
  set observed_at = excluded.observed_at, received_at = excluded.received_at, values = s.values || excluded.values
  where excluded.observed_at >= s.observed_at;

  delete from yike.device_offline o
  using (select distinct t.device_id from unnest(stored) as t where not t.is_late) as heard
  where o.device_id = heard.device_id;

  perform yike.judge(stored);
end
$$;

comment on function yike.take_readings(jsonb) is 'Stores one batch of checked readings, moves device states, judges rules';
