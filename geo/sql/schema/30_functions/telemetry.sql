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

create function yike.metric(readings jsonb, name text) returns double precision
language sql immutable parallel safe
begin atomic
  -- A measured number; true and false count as 1 and 0; anything else is no measurement.
  select case jsonb_typeof(readings -> name)
    when 'number' then (readings ->> name)::double precision
    when 'boolean' then (readings ->> name)::boolean::integer::double precision
  end;
end;

create type yike.taken as (device_id bigint, observed_at timestamptz, readings jsonb, is_late boolean);

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

create function yike.judge(stored yike.taken[]) returns void
language plpgsql as $$
-- Opens and closes incidents by what the readings say. At most one open incident a device and rule:
-- the partial unique index decides, not a look beforehand.
declare
  recovered bigint[];
begin
  with measured as (
    select r.id as rule_id, r.clearing, t.device_id, t.observed_at,
      yike.metric(t.readings, r.metric) as value, r.threshold, r.comparison, r.metric, r.name, r.severity,
      row_number() over (partition by r.id, t.device_id order by t.observed_at desc) as age
    from unnest(stored) as t
    join yike.device d on d.id = t.device_id
    join yike.rule r on r.kind = d.kind and r.enabled
    where not t.is_late and yike.metric(t.readings, r.metric) is not null
  ),
  breach as (
    -- A latched rule minds every reading (a button is pressed for a second);
    -- a self-clearing one only how things stand at the end of the batch.
    select distinct on (device_id, rule_id) *
    from measured
    where (clearing = 'latched' or age = 1)
      and case comparison when '>=' then value >= threshold else value <= threshold end
    order by device_id, rule_id, observed_at
  ),
  opened as (
    insert into yike.incident (kind, title, severity, device_id, rule_id, path, geom, details)
    select 'device_alarm', b.name, b.severity, b.device_id, b.rule_id, d.path, d.geom,
      jsonb_build_object('metric', b.metric, 'value', b.value, 'observed_at', b.observed_at)
    from breach b join yike.device d on d.id = b.device_id
    order by b.device_id, b.rule_id
    on conflict (device_id, rule_id) where closed_at is null do nothing
    returning id
  )
  insert into yike.incident_log (incident_id, step, who) select id, 'opened', 'rule' from opened;

  select array_agg(i.id)
  into recovered
  from yike.incident i
  join yike.rule r on r.id = i.rule_id and r.clearing = 'self_clearing'
  join lateral (
    select yike.metric(t.readings, r.metric) as value
    from unnest(stored) as t
    where t.device_id = i.device_id and not t.is_late and yike.metric(t.readings, r.metric) is not null
    order by t.observed_at desc
    limit 1
  ) as newest on true
  where i.closed_at is null
    and i.device_id in (select t.device_id from unnest(stored) as t)
    and not case r.comparison when '>=' then newest.value >= r.threshold else newest.value <= r.threshold end;

  if recovered is not null then
    perform yike.close_incidents(recovered, 'recovered', 'rule', null);
  end if;
end
$$;

create function yike.mark_silent(at_most integer default 10000) returns integer
language plpgsql as $$
-- Looks at the devices whose heartbeat deadline has passed. Who was heard since gets a new deadline, who was
-- not goes offline. A reading never moves a deadline: an index that changes with each reading ends HOT updates.
declare
  looked_at integer;
begin
  with due as (
    select l.device_id, k.heartbeat_s * interval '1 second' as heartbeat,
      coalesce(s.received_at, d.installed_at) as heard_at
    from yike.deadline l
    join yike.device d on d.id = l.device_id
    join yike.device_kind k on k.code = d.kind
    left join yike.device_state s on s.device_id = l.device_id
    where l.purpose = 'heartbeat' and l.due_at <= now()
    order by l.due_at
    limit at_most
    for update of l skip locked
  ),
  silent as (
    insert into yike.device_offline (device_id, since)
    select device_id, heard_at from due where heard_at + heartbeat <= now()
    on conflict do nothing
  ),
  moved as (
    update yike.deadline l
    set due_at = greatest(due.heard_at + due.heartbeat, now() + least(due.heartbeat, interval '1 hour'))
    from due
    where l.device_id = due.device_id and l.purpose = 'heartbeat'
    returning 1
  )
  select count(*) into looked_at from moved;
  return looked_at;
end
$$;

comment on function yike.take_readings(jsonb) is 'Stores one batch of checked readings, moves device states, judges rules';
comment on function yike.mark_silent(integer) is 'Marks devices silent beyond their heartbeat as offline; returns how many deadlines it looked at';
