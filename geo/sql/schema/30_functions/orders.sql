create function yike.next_order_states(present text) returns text[]
language sql immutable parallel safe
begin atomic
  -- dispatched → accepted → arrived → handled → verified → closed; it may be given back until it is handled
  -- and called off until it is verified. A worker who is already there may say so at once.
  select case present
    when 'dispatched' then array['accepted', 'arrived', 'returned', 'cancelled']
    when 'accepted' then array['arrived', 'returned', 'cancelled']
    when 'arrived' then array['handled', 'returned', 'cancelled']
    when 'handled' then array['verified', 'cancelled']
    when 'verified' then array['closed']
    else array[]::text[]
  end;
end;

create function yike.move_order(
  moved bigint, wanted text, by_whom text, why text, lon double precision, lat double precision, away_until timestamptz,
  out present text, out done boolean
)
language plpgsql as $$
-- One step of an order, checked and logged. `present` is its state afterwards (null: no such order).
declare
  of_incident bigint;
begin
  -- Incident before order, as everywhere: two transactions never wait for each other.
  select w.incident_id into of_incident from yike.work_order w where w.id = moved;
  perform 1 from yike.incident i where i.id = of_incident for update;
  select w.state into present from yike.work_order w where w.id = moved for update;
  done := wanted = any (yike.next_order_states(present));
  if not coalesce(done, false) then
    done := false;
    return;
  end if;
  update yike.work_order set state = wanted, state_at = clock_timestamp(), accept_by = null where id = moved;
  insert into yike.work_order_log (order_id, state, who, note, geom)
  values (moved, wanted, by_whom, why, st_setsrid(st_makepoint(lon, lat), 4326));
  delete from yike.deadline where order_id = moved;
  present := wanted;
  -- Who was on the spot, or telephoned, learnt when they will be back.
  perform yike.set_away(d.unit_id, away_until, by_whom, why)
  from yike.incident i join yike.device d on d.id = i.device_id
  where i.id = of_incident and away_until is not null;
  if wanted = 'verified' then
    perform yike.close_incidents(array[of_incident], 'verified', by_whom, why);
  end if;
end
$$;

create function yike.create_order(
  for_incident bigint, to_worker bigint, to_department bigint, by_whom text, because jsonb,
  out order_id bigint, out standing_id bigint
)
language plpgsql as $$
-- An order on an open incident, or on the one it was merged into, or the one that already stands there. Fifty
-- dispatchers at once make one order: the partial unique index decides.
declare
  leader bigint;
  patience interval;
begin
  select coalesce(i.merged_into_id, i.id) into leader from yike.incident i where i.id = for_incident;
  select coalesce(r.accept_within_s, 600) * interval '1 second' into patience
  from yike.incident i left join yike.rule r on r.id = i.rule_id
  where i.id = leader;

  insert into yike.work_order (incident_id, worker_id, department_id, accept_by, reason)
  select i.id, to_worker, to_department, clock_timestamp() + patience, coalesce(because, '{}')
  from yike.incident i where i.id = leader and i.closed_at is null
  for update
  on conflict (incident_id) where state not in ('closed', 'returned', 'cancelled') do nothing
  returning id into order_id;
  if order_id is null then
    select w.id into standing_id
    from yike.work_order w
    where w.incident_id = leader and w.state not in ('closed', 'returned', 'cancelled');
    return;
  end if;
  insert into yike.work_order_log (order_id, state, who, worker_id)
  values (create_order.order_id, 'dispatched', by_whom, to_worker);
  insert into yike.incident_log (incident_id, step, who) values (leader, 'ordered', by_whom);
  update yike.incident set acknowledged_at = coalesce(acknowledged_at, clock_timestamp()) where id = leader;
  delete from yike.deadline l where l.incident_id = leader;
  insert into yike.deadline (purpose, order_id, due_at)
  select 'acceptance', w.id, w.accept_by from yike.work_order w where w.id = create_order.order_id;
  perform yike.tell('dispatched', leader, create_order.order_id);
end
$$;

create function yike.hand_over(handed bigint, to_worker bigint, by_whom text, why text, because jsonb) returns text
language plpgsql as $$
-- The order goes to somebody else, who begins at its beginning. Answers its state; null when it was not to be handed
-- over any more.
declare
  of_incident bigint;
  patience interval;
begin
  select w.incident_id into of_incident from yike.work_order w where w.id = handed;
  perform 1 from yike.incident i where i.id = of_incident for update;
  select coalesce(r.accept_within_s, 600) * interval '1 second' into patience
  from yike.incident i left join yike.rule r on r.id = i.rule_id
  where i.id = of_incident;

  update yike.work_order
  set worker_id = to_worker, department_id = null, state = 'dispatched', state_at = clock_timestamp(),
    accept_by = clock_timestamp() + patience, reason = coalesce(because, '{}')
  where id = handed and state in ('dispatched', 'accepted', 'arrived') and worker_id is distinct from to_worker;
  if not found then
    return null;
  end if;
  insert into yike.work_order_log (order_id, state, who, note, worker_id)
  values (handed, 'dispatched', by_whom, why, to_worker);
  delete from yike.deadline where order_id = handed;
  insert into yike.deadline (purpose, order_id, due_at)
  select 'acceptance', w.id, w.accept_by from yike.work_order w where w.id = handed;
  perform yike.tell('dispatched', of_incident, handed);
  return 'dispatched';
end
$$;

create function yike.escalate(late bigint) returns void
language plpgsql as $$
-- Nobody took it in time: it is marked, and whoever supervises is told. The order itself stays as it is.
declare
  of_incident bigint;
begin
  update yike.work_order set escalated_at = clock_timestamp()
  where id = late and escalated_at is null and state = 'dispatched'
  returning incident_id into of_incident;
  if of_incident is not null then
    insert into yike.incident_log (incident_id, step, who) values (of_incident, 'escalated', 'rule');
    perform yike.tell('escalated', of_incident, late);
  end if;
end
$$;
