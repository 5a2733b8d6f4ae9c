create function yike.mark_silent(at_most integer default 10000) returns integer
language plpgsql as $$
-- Looks at the devices whose heartbeat deadline has passed. Who was heard since gets a new deadline, who was
-- not goes offline. A reading never moves a deadline: an index that changes with each reading ends HOT updates.
declare
  looked_at integer;
begin
  with due as (
    select l.id, l.device_id, k.heartbeat_s * interval '1 second' as heartbeat,
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
    where l.id = due.id
    returning 1
  )
  select count(*) into looked_at from moved;
  return looked_at;
end
$$;

create function yike.expect_reports() returns integer
language plpgsql as $$
-- Every device that a silence rule stands for has a deadline, one that never reported as well; no other has.
declare
  expected integer;
begin
  delete from yike.deadline l
  where l.purpose = 'silence' and not exists (
    select from yike.device_rule e where e.device_id = l.device_id and e.rule_id = l.rule_id and e.enabled);

  insert into yike.deadline as l (purpose, device_id, rule_id, due_at)
  select 'silence', e.device_id, e.rule_id, greatest(coalesce(s.received_at, d.installed_at) + e.within, now())
  from yike.device_rule e
  join yike.device d on d.id = e.device_id
  left join yike.device_state s on s.device_id = e.device_id
  where e.type = 'silence' and e.enabled
  on conflict (device_id, rule_id, purpose, incident_id, order_id) do update
  -- A span that was made shorter counts at once.
  set due_at = excluded.due_at where l.due_at > excluded.due_at and excluded.due_at > now();
  get diagnostics expected = row_count;
  return expected;
end
$$;

create function yike.meet_deadlines(at_most integer default 2000) returns integer
language plpgsql as $$
-- Acts on what has fallen due of rules. A deadline goes, or moves, in the transaction that acts on it, so it fires
-- once, whoever dies in between; and several processes at once take different ones.
declare
  due yike.deadline[];
  alarms yike.verdict[];
  ended bigint[];
begin
  select array_agg(l) into due
  from (
    select * from yike.deadline
    where purpose in ('silence', 'breach', 'recovery') and due_at <= now()
    order by due_at
    limit at_most
    for update skip locked
  ) as l;
  if due is null then
    return 0;
  end if;

  select array_agg(i.id) into ended
  from unnest(due) as l
  join yike.incident i on i.device_id = l.device_id and i.rule_id = l.rule_id and i.closed_at is null
  where l.purpose = 'recovery';
  if ended is not null then
    perform yike.close_incidents(ended, 'recovered', 'rule', null);
  end if;

  with state as (
    select l.id, l.purpose, l.device_id, l.rule_id, l.details, e.within, e.enabled,
      coalesce(s.received_at, d.installed_at) as heard_at,
      (
        select max(a.until) from yike.absence a
        where e.minds_absence and a.unit_id = e.unit_id and a.since <= now() and a.until > now()
      ) as quiet_until,
      yike.quiet_until(e.quiet_from, e.quiet_to, now()) as held_until
    from unnest(due) as l
    join yike.device d on d.id = l.device_id
    join yike.device_rule e on e.device_id = l.device_id and e.rule_id = l.rule_id
    left join yike.device_state s on s.device_id = l.device_id
    where l.purpose in ('breach', 'silence')
  ),
  held as (
    -- Somebody is away, or it is their night: looked at again when that is over.
    update yike.deadline l
    set due_at = greatest(s.quiet_until, s.held_until)
    from state s
    where l.id = s.id and s.enabled and greatest(s.quiet_until, s.held_until) is not null
    returning l.id
  ),
  heard as (
    update yike.deadline l
    set due_at = case
      when s.heard_at + s.within > now() then s.heard_at + s.within
      else now() + least(s.within, interval '1 hour') end
    from state s
    where l.id = s.id and s.purpose = 'silence' and s.enabled and greatest(s.quiet_until, s.held_until) is null
    returning l.id
  ),
  gone as (
    delete from yike.deadline l
    using unnest(due) as u
    where l.id = u.id and l.id not in (select id from held) and l.id not in (select id from heard)
  )
  select array_agg(row(
    s.device_id, s.rule_id,
    case s.purpose when 'breach' then (s.details ->> 'observed_at')::timestamptz else s.heard_at end,
    case s.purpose when 'breach' then (s.details ->> 'value')::double precision
      else extract(epoch from now() - s.heard_at) / 3600 end,
    true, false)::yike.verdict order by s.device_id, s.rule_id)
  into alarms
  from state s
  where s.enabled and greatest(s.quiet_until, s.held_until) is null
    and (s.purpose = 'breach' or s.heard_at + s.within <= now());

  if alarms is not null then
    perform yike.open_alarms(alarms);
  end if;
  return cardinality(due);
end
$$;

comment on function yike.mark_silent(integer) is 'Marks devices silent beyond their heartbeat as offline; returns how many deadlines it looked at';
comment on function yike.meet_deadlines(integer) is 'Opens and closes incidents whose time has come; returns how many deadlines it looked at';
