create function yike.breaches(
  value double precision, comparison text, threshold double precision, threshold_high double precision
) returns boolean
language sql immutable parallel safe
begin atomic
  select case comparison
    when '>=' then value >= threshold
    when '<=' then value <= threshold
    else value < threshold or value > threshold_high
  end;
end;

create function yike.quiet_until(quiet_from time, quiet_to time, at timestamptz) returns timestamptz
language sql stable parallel safe
begin atomic
  -- When the quiet hours end that this moment falls into; null outside of them. All China keeps one time.
  select (case
    when quiet_from < quiet_to and here.clock >= quiet_from and here.clock < quiet_to then here.day + quiet_to
    when quiet_from > quiet_to and here.clock >= quiet_from then here.day + 1 + quiet_to
    when quiet_from > quiet_to and here.clock < quiet_to then here.day + quiet_to
  end) at time zone 'Asia/Shanghai'
  from (
    select (at at time zone 'Asia/Shanghai')::time as clock, (at at time zone 'Asia/Shanghai')::date as day
  ) as here;
end;

create function yike.quiet_home(home bigint, at timestamptz, out is_quiet boolean, out counts_from timestamptz)
language sql stable
begin atomic
  -- Whether a household is away, or was just seen well; and from when on its not using anything counts.
  select coalesce(bool_or(a.until > at), false), max(case a.kind when 'away' then a.until else a.since end)
  from yike.absence a
  where a.unit_id = home and a.since <= at;
end;

create function yike.change_within(
  of_device bigint, metric text, increment_metric text, until timestamptz, within interval
) returns double precision
language sql stable
begin atomic
  -- By how much a value has changed within a span that ends now: increments add up, totals are compared.
  select coalesce(
    sum(yike.metric(t.values, increment_metric)),
    (array_agg(yike.metric(t.values, metric) order by t.observed_at desc)
      filter (where yike.metric(t.values, metric) is not null))[1]
    - (array_agg(yike.metric(t.values, metric) order by t.observed_at)
      filter (where yike.metric(t.values, metric) is not null))[1])
  from yike.telemetry t
  where t.device_id = of_device and t.observed_at > until - within and t.observed_at <= until;
end;

create function yike.judge() returns void
language plpgsql as $$
-- What the readings in `pg_temp.taken` mean for the rules of their devices.
declare
  standing bigint[];
  verdicts yike.verdict[];
begin
  -- Only where something stands can something end: small sets, each found by its own index.
  with watched as (
    update pg_temp.taken t set is_watched = true
    from (
      select i.device_id from yike.incident i where i.closed_at is null and i.device_id is not null
      union
      select l.device_id from yike.deadline l where l.purpose in ('breach', 'recovery')
    ) as s
    where s.device_id = t.device_id and not t.is_late
    returning t.device_id
  )
  select array_agg(distinct device_id) into standing from watched;

  -- Materialized: a value is looked for in the JSON once, not once for each time it is compared.
  with measured as materialized (
    select t.device_id, t.observed_at, t.is_one_of_many, t.is_watched, r.id as rule_id, r.metric, r.comparison,
      coalesce(o.threshold, r.threshold) as threshold, coalesce(o.threshold_high, r.threshold_high) as threshold_high,
      case when o.threshold is null then r.recovery end as recovery,
      r.clearing = 'latched' and coalesce(o.for_s, r.for_s) = 0 as minds_each,
      case r.type
        when 'threshold' then yike.metric(t.readings, r.metric)
        else yike.change_within(
          t.device_id, r.metric, r.increment_metric, t.observed_at,
          coalesce(o.window_s, r.window_s) * interval '1 second')
      end as value
    from pg_temp.taken t
    join yike.rule r on r.kind = t.kind and r.type in ('threshold', 'rate')
    left join yike.rule_exception x on x.device_id = t.device_id and x.rule_id = r.id
    left join yike.rule_override o on o.id = x.override_id
    where not t.is_late and coalesce(o.enabled, r.enabled)
      and (t.readings ? r.metric or t.readings ? r.increment_metric)
  ),
  judged as (
    select m.*, yike.breaches(m.value, m.comparison, m.threshold, m.threshold_high) as is_breach
    from measured m
    where m.value is not null
  )
  -- A latched rule minds every reading (a button is pressed for a second);
  -- a self-clearing one only how things stand at the end of the batch.
  select array_agg(row(
    j.device_id, j.rule_id, j.observed_at, j.value, j.is_breach,
    not j.is_breach and coalesce(
      case j.comparison when '>=' then j.value <= j.recovery when '<=' then j.value >= j.recovery end, true)
    )::yike.verdict)
  into verdicts
  from judged j
  where (j.is_breach or j.is_watched)
    and (not j.is_one_of_many or (j.is_breach and j.minds_each) or not exists (
      select from pg_temp.taken n
      where n.device_id = j.device_id and n.observed_at > j.observed_at and not n.is_late and n.readings ? j.metric));

  verdicts := verdicts || yike.judge_counters();
  if cardinality(verdicts) > 0 then
    perform yike.act_on(verdicts);
  end if;
  if standing is not null then
    perform yike.hear_again(standing);
  end if;
end
$$;

create function yike.judge_counters() returns yike.verdict[]
language plpgsql as $$
-- Rules on how a counter moves. Each reading stands on the one before it, so those of one device are taken in
-- their order, all devices at once. A total that jumps back has rolled over near `counter_max`, or the meter was
-- exchanged: then it counts from here.
declare
  verdicts yike.verdict[] := '{}';
  found_now yike.verdict[];
  deepest integer;
begin
  select max(n.readings) into deepest
  from (
    select count(*) as readings
    from pg_temp.taken t
    where not t.is_late and t.kind in (select r.kind from yike.rule r where r.type in ('no_use', 'steady_use'))
    group by t.device_id
  ) as n;

  for turn in 1 .. coalesce(deepest, 0) loop
    with turned as (
      select t.*, case when t.is_one_of_many
        then row_number() over (partition by t.device_id order by t.observed_at) else 1 end as turn_of
      from pg_temp.taken t
      where not t.is_late and t.kind in (select r.kind from yike.rule r where r.type in ('no_use', 'steady_use'))
    ),
    step as (
      select t.device_id, t.unit_id, t.observed_at, r.id as rule_id, r.type, r.minds_absence, r.counter_max,
        coalesce(o.threshold, r.threshold) as threshold,
        coalesce(o.window_s, r.window_s) * interval '1 second' as within,
        r.interval_s * interval '1 second' as each_interval,
        s.since, s.used, s.used_at, s.total as last_total,
        yike.metric(t.readings, r.metric) as total,
        yike.metric(t.readings, r.increment_metric) as increment
      from turned t
      join yike.rule r on r.kind = t.kind and r.type in ('no_use', 'steady_use')
      left join yike.rule_exception x on x.device_id = t.device_id and x.rule_id = r.id
      left join yike.rule_override o on o.id = x.override_id
      left join yike.counter_state s on s.device_id = t.device_id and s.rule_id = r.id
      where t.turn_of = turn and coalesce(o.enabled, r.enabled) and (r.enabled or x.override_id is not null)
        and (t.readings ? r.metric or t.readings ? r.increment_metric)
    ),
    moved as (
      select *,
        coalesce(increment, case
          when last_total is null then 0
          when total >= last_total then total - last_total
          when last_total > 0.9 * counter_max and total < 0.1 * counter_max then total + counter_max - last_total
        end) as delta
      from step
      where increment is not null or total is not null
    ),
    seen as (
      select *,
        case type
          -- Begins anew with use, with the first reading, and with another meter.
          when 'no_use' then since is null or delta is null or used + delta >= threshold
          else since is null or delta is null or observed_at - used_at > each_interval
        end as begins_anew
      from moved
    ),
    kept as (
      insert into yike.counter_state as c (device_id, rule_id, total, used, used_at, since)
      select device_id, rule_id, coalesce(total, last_total),
        case when begins_anew then 0 else used + delta end,
        case when since is null or (delta > 0 and (type = 'no_use' or delta >= threshold))
          then observed_at else used_at end,
        case when begins_anew then observed_at else since end
      from seen
      order by device_id, rule_id
      on conflict (device_id, rule_id) do update
      set total = excluded.total, used = excluded.used, used_at = excluded.used_at, since = excluded.since
      where (c.total, c.used, c.used_at, c.since)
        is distinct from (excluded.total, excluded.used, excluded.used_at, excluded.since)
    ),
    counted as (
      select s.*, s.observed_at - greatest(s.since, h.counts_from) >= s.within as is_long
      from seen s
      -- Most are not long without use at all: only of the others it is asked who is at home.
      left join lateral (
        select q.counts_from
        from yike.quiet_home(s.unit_id, s.observed_at) as q
        where s.minds_absence and s.observed_at - s.since >= s.within
      ) as h on true
    )
    select array_agg(row(
      c.device_id, c.rule_id, c.observed_at,
      extract(epoch from c.observed_at - c.since) / 3600,
      not c.begins_anew and c.is_long,
      c.begins_anew)::yike.verdict)
    into found_now
    from counted c
    where (not c.begins_anew and c.is_long) or (c.begins_anew and exists (
      select from yike.incident i
      where i.device_id = c.device_id and i.rule_id = c.rule_id and i.closed_at is null));
    verdicts := verdicts || found_now;
  end loop;
  return verdicts;
end
$$;

create function yike.act_on(verdicts yike.verdict[]) returns void
language plpgsql as $$
-- Opens what is breached and due, remembers what must last first, ends what is over. At most one open incident a
-- device and rule: the partial unique index decides, not a look beforehand.
declare
  due yike.verdict[];
  recovered bigint[];
begin
  with breach as (
    select distinct on (v.device_id, v.rule_id) v.*, e.lasting, e.clearing,
      greatest(v.observed_at + e.lasting, yike.quiet_until(e.quiet_from, e.quiet_to, now())) as due_at
    from unnest(verdicts) as v
    join yike.device_rule e on e.device_id = v.device_id and e.rule_id = v.rule_id
    left join lateral yike.quiet_home(e.unit_id, now()) as h on e.minds_absence
    where v.is_breach and not coalesce(h.is_quiet, false)
      and not exists (
        select from yike.incident i
        where i.device_id = v.device_id and i.rule_id = v.rule_id and i.closed_at is null)
    order by v.device_id, v.rule_id, v.observed_at
  ),
  pending as (
    insert into yike.deadline (purpose, device_id, rule_id, due_at, details)
    select 'breach', device_id, rule_id, due_at,
      jsonb_build_object('value', value, 'observed_at', observed_at,
        'stays', clearing = 'latched' and lasting = interval '0')
    from breach
    where due_at > now()
    order by device_id, rule_id
    on conflict (device_id, rule_id, purpose, incident_id, order_id) do nothing
  )
  select array_agg(row(device_id, rule_id, observed_at, value, true, false)::yike.verdict order by device_id, rule_id)
  into due
  from breach
  where due_at <= now();

  if due is not null then
    perform yike.open_alarms(due);
  end if;

  with newest as (
    select distinct on (v.device_id, v.rule_id) v.*
    from unnest(verdicts) as v
    order by v.device_id, v.rule_id, v.observed_at desc
  )
  delete from yike.deadline l
  using newest n
  where l.device_id = n.device_id and l.rule_id = n.rule_id
    and ((l.purpose = 'breach' and not n.is_breach and not (l.details ->> 'stays')::boolean)
      or (l.purpose = 'recovery' and not n.is_recovered));

  with newest as (
    select distinct on (v.device_id, v.rule_id) v.*
    from unnest(verdicts) as v
    order by v.device_id, v.rule_id, v.observed_at desc
  ),
  open_now as (
    select i.id, i.recovered_at, n.*, e.clearing, e.keep_for
    from newest n
    join yike.incident i on i.device_id = n.device_id and i.rule_id = n.rule_id and i.closed_at is null
    join yike.device_rule e on e.device_id = n.device_id and e.rule_id = n.rule_id
  ),
  waiting as (
    insert into yike.deadline (purpose, device_id, rule_id, due_at)
    select 'recovery', device_id, rule_id, now() + keep_for
    from open_now
    where is_recovered and clearing = 'self_clearing' and keep_for > interval '0'
    order by device_id, rule_id
    on conflict (device_id, rule_id, purpose, incident_id, order_id) do nothing
  ),
  -- Only a person closes a latched one; but who decides should know that the water runs again.
  changed as (
    update yike.incident i
    set recovered_at = case when o.is_recovered then o.observed_at end
    from open_now o
    where i.id = o.id and o.clearing = 'latched'
      and ((o.is_recovered and o.recovered_at is null) or (o.is_breach and o.recovered_at is not null))
    returning i.id, i.recovered_at
  ),
  logged as (
    insert into yike.incident_log (incident_id, step, who)
    select id, case when recovered_at is null then 'relapsed' else 'recovered' end, 'rule' from changed
  )
  select array_agg(id) into recovered
  from open_now
  where is_recovered and clearing = 'self_clearing' and keep_for = interval '0';

  if recovered is not null then
    perform yike.close_incidents(recovered, 'recovered', 'rule', null);
  end if;
end
$$;

create function yike.hear_again(heard bigint[]) returns void
language plpgsql as $$
-- A device that was silent has reported: self-clearing silence ends, latched silence is marked as over.
declare
  ended bigint[];
begin
  select array_agg(i.id) into ended
  from yike.incident i
  join yike.rule r on r.id = i.rule_id and r.type = 'silence' and r.clearing = 'self_clearing'
  where i.device_id = any (heard) and i.closed_at is null;
  if ended is not null then
    perform yike.close_incidents(ended, 'recovered', 'rule', null);
  end if;

  with marked as (
    update yike.incident i set recovered_at = now()
    from yike.rule r
    where r.id = i.rule_id and r.type = 'silence' and r.clearing = 'latched'
      and i.device_id = any (heard) and i.closed_at is null and i.recovered_at is null
    returning i.id
  )
  insert into yike.incident_log (incident_id, step, who) select id, 'recovered', 'rule' from marked;
end
$$;

comment on function yike.judge() is 'Judges the rules for the batch that was taken';
comment on function yike.act_on(yike.verdict[]) is 'Opens, holds back and ends incidents by what the rules found';
