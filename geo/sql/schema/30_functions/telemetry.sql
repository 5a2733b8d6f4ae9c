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

create function yike.prepare_intake() returns void
language plpgsql as $$
-- Where a batch waits while it is worked on: `reading` as it was copied in, `taken` as it is known. Of this
-- connection alone, never written to the log, empty again after each transaction.
begin
  if to_regclass('pg_temp.taken') is null then
    create temporary table reading (
      i integer, device text, observed_at timestamptz, readings jsonb, reading_id text
    ) on commit delete rows;
    create temporary table taken (
      i integer, device_id bigint, kind text, unit_id bigint, observed_at timestamptz, readings jsonb, reading_id text,
      is_late boolean, is_one_of_many boolean, is_watched boolean
    ) on commit delete rows;
  end if;
end
$$;

create function yike.take_readings(
  out accepted integer, out duplicate integer, out late integer, out unknown integer[]
)
language plpgsql as $$
-- The batch in `pg_temp.reading`, in a few statements, whatever its size: already checked for form. `unknown` lists
-- the positions whose device does not exist.
declare
  known integer;
  first_day date;
  last_day date;
  fresh_ids text[];
  kept_devices bigint[];
  kept_times timestamptz[];
  many bigint[];
  moved bigint[];
begin
  insert into pg_temp.taken (i, device_id, kind, unit_id, observed_at, readings, reading_id, is_late, is_one_of_many,
    is_watched)
  select r.i, d.id, d.kind, d.unit_id, r.observed_at, r.readings, r.reading_id, false, false, false
  from pg_temp.reading r
  left join yike.device d on d.external_id = r.device;

  select coalesce(array_agg(t.i order by t.i), '{}') into unknown from pg_temp.taken t where t.device_id is null;
  if cardinality(unknown) > 0 then
    delete from pg_temp.taken where device_id is null;
  end if;

  select count(*), (min(observed_at) at time zone 'UTC')::date, (max(observed_at) at time zone 'UTC')::date,
    array_agg(reading_id order by reading_id) filter (where reading_id is not null)
  into known, first_day, last_day, fresh_ids
  from pg_temp.taken;

  if first_day = last_day then
    perform yike.ensure_telemetry_partition(first_day);
  else
    perform yike.ensure_telemetry_partition(d.day)
    from (select distinct (observed_at at time zone 'UTC')::date as day from pg_temp.taken) as d;
  end if;

  if fresh_ids is not null then
    with fresh as (
      insert into yike.receipt (reading_id)
      select distinct id from unnest(fresh_ids) as id order by id
      on conflict do nothing
      returning reading_id
    )
    select coalesce(array_agg(reading_id), '{}') into fresh_ids from fresh;
    delete from pg_temp.taken t
    where t.reading_id is not null and (
      t.reading_id not in (select unnest(fresh_ids))
      or exists (select from pg_temp.taken o where o.reading_id = t.reading_id and o.i < t.i));
  end if;

  -- In the order of the index: neighbours go to the same page, and two batches never wait for each other crosswise.
  with kept as (
    insert into yike.telemetry (device_id, observed_at, values)
    select distinct on (t.device_id, t.observed_at) t.device_id, t.observed_at, t.readings
    from pg_temp.taken t
    order by t.device_id, t.observed_at, t.i
    on conflict do nothing
    returning device_id, observed_at
  )
  select array_agg(device_id), array_agg(observed_at) into kept_devices, kept_times from kept;
  if coalesce(cardinality(kept_devices), 0) < (select count(*) from pg_temp.taken) then
    delete from pg_temp.taken t
    where (t.device_id, t.observed_at) not in (select * from unnest(kept_devices, kept_times))
      or exists (
        select from pg_temp.taken o
        where o.device_id = t.device_id and o.observed_at = t.observed_at and o.i < t.i);
  end if;

  select array_agg(m.device_id) into many
  from (select device_id from pg_temp.taken group by device_id having count(*) > 1) as m;
  if many is not null then
    update pg_temp.taken t set is_one_of_many = true, is_late = coalesce(t.observed_at < s.observed_at, false)
    from (select unnest(many) as device_id) as m
    left join yike.device_state s on s.device_id = m.device_id
    where t.device_id = m.device_id;
  end if;

  -- The newest state: each metric keeps its newest value, a late reading moves nothing back. Who is not returned was
  -- late: another reading, perhaps of this very moment, is newer.
  with newest as (
    select t.device_id, t.observed_at, t.readings from pg_temp.taken t where not t.is_one_of_many
    union all
    -- Of equal keys the last one wins in jsonb_object_agg, hence the order.
    select t.device_id, max(t.observed_at), jsonb_object_agg(m.key, m.value order by t.observed_at)
    from pg_temp.taken t, jsonb_each(t.readings) as m
    where t.is_one_of_many and not t.is_late
    group by t.device_id
  ),
  stated as (
    insert into yike.device_state as s (device_id, observed_at, received_at, values)
    select device_id, observed_at, now(), readings from newest order by device_id
    on conflict (device_id) do update
    set observed_at = excluded.observed_at, received_at = excluded.received_at, values = s.values || excluded.values
    where excluded.observed_at >= s.observed_at
    returning device_id
  )
  select array_agg(device_id) into moved from stated;
  update pg_temp.taken t set is_late = true
  where not t.is_late and not exists (select from unnest(moved) as m(device_id) where m.device_id = t.device_id);

  select count(*) filter (where not t.is_late), count(*) filter (where t.is_late)
  into accepted, late
  from pg_temp.taken t;
  duplicate := known - accepted - late;

  delete from yike.device_offline o
  where exists (select from pg_temp.taken t where t.device_id = o.device_id and not t.is_late);

  perform yike.judge();
end
$$;

comment on function yike.take_readings() is 'Stores the batch that was copied in, moves device states, judges rules';
