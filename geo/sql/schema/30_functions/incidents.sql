create function yike.close_incidents(ids bigint[], how text, by_whom text, why text) returns integer
language plpgsql as $$
-- Closes what is still open of these. An order that still stands on one of them is cancelled with it,
-- on record, so that no worker walks to a place where nothing is wrong any more.
declare
  closing_ids bigint[];
begin
  -- The incidents are locked first, in one order, by a statement of its own: the next one then sees every order
  -- that was made while this one waited.
  select array_agg(id order by id) into closing_ids
  from (select id from yike.incident where id = any (ids) and closed_at is null order by id for update) as still_open;

  update yike.incident set closed_at = clock_timestamp(), closing = how where id = any (closing_ids);
  insert into yike.incident_log (incident_id, step, who, note)
  select id, 'closed', by_whom, why from unnest(closing_ids) as id;

  with cancelled as (
    update yike.work_order set state = 'cancelled', state_at = clock_timestamp()
    where incident_id = any (closing_ids) and state not in ('closed', 'returned', 'cancelled', 'verified')
    returning id
  )
  insert into yike.work_order_log (order_id, state, who, note)
  select id, 'cancelled', by_whom, coalesce(why, how) from cancelled;

  return coalesce(cardinality(closing_ids), 0);
end
$$;

create function yike.manual_check(checked_device bigint, by_whom text, why text) returns integer
language sql
begin atomic
  -- A person has looked: whatever stands on the device is closed, latched or not. Returns how many.
  select yike.close_incidents(
    coalesce((select array_agg(id) from yike.incident where device_id = checked_device and closed_at is null), '{}'),
    'manual_check', by_whom, why);
end;

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
  moved bigint, wanted text, by_whom text, why text, lon double precision, lat double precision, out present text, out done boolean
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
  update yike.work_order set state = wanted, state_at = clock_timestamp() where id = moved;
  insert into yike.work_order_log (order_id, state, who, note, geom)
  values (moved, wanted, by_whom, why, st_setsrid(st_makepoint(lon, lat), 4326));
  present := wanted;
  if wanted = 'verified' then
    perform yike.close_incidents(array[of_incident], 'verified', by_whom, why);
  end if;
end
$$;

create function yike.create_order(
  for_incident bigint, to_worker bigint, to_department bigint, by_whom text, out order_id bigint, out standing_id bigint
)
language plpgsql as $$
-- An order on an open incident, or the one that already stands there. Fifty dispatchers at once make one order:
-- the partial unique index decides.
begin
  insert into yike.work_order (incident_id, worker_id, department_id)
  select i.id, to_worker, to_department from yike.incident i where i.id = for_incident and i.closed_at is null
  for share
  on conflict (incident_id) where state not in ('closed', 'returned', 'cancelled') do nothing
  returning id into order_id;
  if order_id is null then
    select w.id into standing_id
    from yike.work_order w
    where w.incident_id = for_incident and w.state not in ('closed', 'returned', 'cancelled');
    return;
  end if;
  insert into yike.work_order_log (order_id, state, who) values (create_order.order_id, 'dispatched', by_whom);
  insert into yike.incident_log (incident_id, step, who) values (for_incident, 'ordered', by_whom);
end
$$;
