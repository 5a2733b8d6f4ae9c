create function yike.close_incidents(ids bigint[], how text, by_whom text, why text) returns integer
language plpgsql as $$
-- Closes what is still open of these, and with a leader what was merged into it, where a person has judged the whole.
-- An order that still stands is cancelled, on record, so that no worker walks to a place where nothing is wrong.
declare
  closing_ids bigint[];
begin
  -- The incidents are locked first, in one order, by a statement of its own: the next one then sees every order
  -- that was made while this one waited.
  select array_agg(id order by id) into closing_ids
  from (
    select i.id
    from yike.incident i
    where i.closed_at is null
      and (i.id = any (ids) or (how in ('verified', 'false_alarm') and i.merged_into_id = any (ids)))
    order by i.id
    for update
  ) as still_open;
  if closing_ids is null then
    return 0;
  end if;

  update yike.incident set closed_at = clock_timestamp(), closing = how where id = any (closing_ids);
  insert into yike.incident_log (incident_id, step, who, note)
  select id, 'closed', by_whom, why from unnest(closing_ids) as id;
  perform yike.hand_on_lead(closing_ids);

  with cancelled as (
    update yike.work_order set state = 'cancelled', state_at = clock_timestamp()
    where incident_id = any (closing_ids) and state not in ('closed', 'returned', 'cancelled', 'verified')
    returning id
  ),
  forgotten as (
    delete from yike.deadline l
    where l.incident_id = any (closing_ids) or l.order_id in (select id from cancelled)
  )
  insert into yike.work_order_log (order_id, state, who, note)
  select id, 'cancelled', by_whom, coalesce(why, how) from cancelled;

  delete from yike.deadline l
  using yike.incident i
  where i.id = any (closing_ids) and l.device_id = i.device_id and l.rule_id = i.rule_id and l.purpose = 'recovery';

  if how in ('verified', 'manual_check') then
    -- Somebody has seen them well: "no use" counts from now, and a meter that still tells of yesterday is not heard.
    insert into yike.absence (unit_id, kind, since, until, who, note)
    select distinct d.unit_id, 'seen', now(), now() + interval '24 hours', by_whom, null
    from yike.incident i
    join yike.rule r on r.id = i.rule_id and r.minds_absence
    join yike.device d on d.id = i.device_id and d.unit_id is not null
    where i.id = any (closing_ids);
  end if;

  perform yike.tell('closed', w.incident_id, w.id)
  from yike.work_order w
  where w.incident_id = any (closing_ids)
    and w.id = (select max(o.id) from yike.work_order o where o.incident_id = w.incident_id);

  return cardinality(closing_ids);
end
$$;

create function yike.hand_on_lead(closed_ids bigint[]) returns void
language plpgsql as $$
-- Where a leader has closed and what was merged into it stands on, the oldest of those leads, and the order with it;
-- or, where nobody was sent yet, the deadline at which somebody is.
begin
  with heir as (
    select i.merged_into_id as old_id, min(i.id) as new_id
    from yike.incident i
    where i.merged_into_id = any (closed_ids) and i.closed_at is null
    group by i.merged_into_id
  ),
  led as (
    update yike.incident i set merged_into_id = nullif(h.new_id, i.id)
    from heir h
    where i.merged_into_id = h.old_id and i.closed_at is null
    returning i.id, h.new_id
  ),
  logged as (
    insert into yike.incident_log (at, incident_id, step, who, note)
    select clock_timestamp(), id, 'merged', 'rule', new_id::text from led
  ),
  due as (
    insert into yike.deadline (purpose, incident_id, due_at)
    select 'dispatch', h.new_id, min(i.opened_at + r.dispatch_after_s * interval '1 second')
    from heir h
    join yike.deadline l on l.incident_id = h.old_id and l.purpose = 'dispatch'
    join yike.incident i on i.merged_into_id = h.old_id and i.closed_at is null
    join yike.rule r on r.id = i.rule_id and r.dispatch_after_s is not null
    group by h.new_id
  )
  update yike.work_order w set incident_id = h.new_id
  from heir h
  where w.incident_id = h.old_id and w.state not in ('closed', 'returned', 'cancelled', 'verified');
end
$$;

create function yike.merge_incident(merged bigint, leader bigint, by_whom text) returns text
language plpgsql as $$
-- Two are one to the person who must go. Answers what stands against it; null when it is done.
begin
  perform 1 from yike.incident where id in (merged, leader) order by id for update;
  if merged = leader then
    return 'An incident is not merged into itself.';
  elsif not exists (select from yike.incident where id = leader and closed_at is null) then
    return 'The incident to merge into is closed.';
  elsif exists (select from yike.incident where id = leader and merged_into_id is not null) then
    return 'The incident to merge into is itself merged into another.';
  elsif not exists (select from yike.incident where id = merged and closed_at is null) then
    return 'The incident is closed.';
  elsif exists (
    select from yike.work_order
    where incident_id = merged and state not in ('closed', 'returned', 'cancelled')) then
    return 'An order stands on this incident; call it off, or merge the other way round.';
  end if;
  update yike.incident set merged_into_id = leader where id = merged or merged_into_id = merged;
  insert into yike.incident_log (incident_id, step, who, note)
  select i.id, 'merged', by_whom, leader::text
  from yike.incident i
  where i.closed_at is null and i.merged_into_id = leader
    and (i.id = merged or yike.leader_then(i.id, now()) = merged);
  -- Whoever was to be sent to the one by itself is sent to both, no later.
  insert into yike.deadline as l (purpose, incident_id, due_at)
  select m.purpose, leader, m.due_at
  from yike.deadline m
  where m.incident_id = merged and m.purpose = 'dispatch'
    and not exists (select from yike.work_order w where w.incident_id = leader)
  on conflict (device_id, rule_id, purpose, incident_id, order_id) do update
  set due_at = least(l.due_at, excluded.due_at);
  delete from yike.deadline where incident_id = merged;
  return null;
end
$$;

create function yike.manual_check(checked_device bigint, by_whom text, why text, away_until timestamptz default null)
returns integer
language plpgsql as $$
-- A person has looked: whatever stands on the device is closed, latched or not, and with it what another device of
-- the same flat told. Returns how many.
begin
  perform yike.set_away(d.unit_id, away_until, by_whom, why) from yike.device d where d.id = checked_device;
  return yike.close_incidents(coalesce((
    select array_agg(i.id)
    from yike.incident i
    join yike.device d on d.id = i.device_id
    join yike.device c on c.id = checked_device
    where i.closed_at is null and (i.device_id = c.id or d.unit_id = c.unit_id and (
      i.merged_into_id is not null or exists (select from yike.incident m where m.merged_into_id = i.id)))
  ), '{}'), 'manual_check', by_whom, why);
end
$$;

create function yike.set_away(home bigint, away_until timestamptz, by_whom text, why text) returns void
language sql
begin atomic
  -- Dongfang's elder was at her relatives'. A later word replaces an earlier one.
  delete from yike.absence a
  where a.unit_id = home and away_until is not null and a.kind = 'away' and a.until > now();
  insert into yike.absence (unit_id, kind, since, until, who, note)
  select home, 'away', now(), away_until, by_whom, why where home is not null and away_until > now();
end;
