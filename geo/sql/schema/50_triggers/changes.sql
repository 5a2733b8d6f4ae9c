-- Whoever writes, by whatever way: what changes on the map is in `change` by the same transaction. Triggers fire
-- once a statement, over its transition table.

create function yike.log_devices() returns trigger
language plpgsql as $$
begin
  if (select count(*) from touched) > 1000 then
    -- A load, not an event: everyone starts afresh instead of being told a thousand things.
    insert into yike.change (entity) values ('reset');
  else
    insert into yike.change (entity, entity_id, path) select 'device', id, path from touched;
  end if;
  return null;
end
$$;

create function yike.log_moved_devices() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select 'device', n.id, n.path
  from new_row n join old_row o on o.id = n.id
  where (n.geom, n.kind, n.path) is distinct from (o.geom, o.kind, o.path);
  return null;
end
$$;

create function yike.start_heartbeat() returns trigger
language plpgsql as $$
begin
  -- A device that never reports must go grey too, so its deadline stands from the first moment.
  insert into yike.deadline (device_id, purpose, due_at)
  select t.id, 'heartbeat', greatest(t.installed_at, now()) + k.heartbeat_s * interval '1 second'
  from touched t join yike.device_kind k on k.code = t.kind
  where k.heartbeat_s is not null
  on conflict do nothing;
  -- So must one that a silence rule stands for.
  insert into yike.deadline (purpose, device_id, rule_id, due_at)
  select 'silence', e.device_id, e.rule_id, greatest(t.installed_at, now()) + e.within
  from touched t join yike.device_rule e on e.device_id = t.id
  where e.type = 'silence' and e.enabled
  on conflict do nothing;
  return null;
end
$$;

create trigger log_new after insert on yike.device
  referencing new table as touched for each statement execute function yike.log_devices();
create trigger log_gone after delete on yike.device
  referencing old table as touched for each statement execute function yike.log_devices();
create trigger log_moved after update on yike.device
  referencing new table as new_row old table as old_row for each statement execute function yike.log_moved_devices();
create trigger start_heartbeat after insert on yike.device
  referencing new table as touched for each statement execute function yike.start_heartbeat();

create function yike.log_offline() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select 'device', d.id, d.path from touched t join yike.device d on d.id = t.device_id;
  return null;
end
$$;

create trigger log_silence after insert on yike.device_offline
  referencing new table as touched for each statement execute function yike.log_offline();
create trigger log_return after delete on yike.device_offline
  referencing old table as touched for each statement execute function yike.log_offline();

create function yike.log_incidents() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select 'incident', id, path from touched
  union all
  select 'device', device_id, path from touched where device_id is not null
  union all
  -- What it was merged into is as grave as it.
  select distinct 'incident', merged_into_id, path from touched where merged_into_id is not null;
  return null;
end
$$;

create trigger log_new after insert on yike.incident
  referencing new table as touched for each statement execute function yike.log_incidents();
create trigger log_changed after update on yike.incident
  referencing new table as touched for each statement execute function yike.log_incidents();
create trigger log_gone after delete on yike.incident
  referencing old table as touched for each statement execute function yike.log_incidents();

create function yike.log_orders() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select e.entity, e.entity_id, i.path
  from touched t
  join yike.incident i on i.id = t.incident_id or i.merged_into_id = t.incident_id
  cross join lateral (values ('incident', i.id), ('device', i.device_id)) as e(entity, entity_id)
  where e.entity_id is not null;
  return null;
end
$$;

create trigger log_new after insert on yike.work_order
  referencing new table as touched for each statement execute function yike.log_orders();
create trigger log_changed after update on yike.work_order
  referencing new table as touched for each statement execute function yike.log_orders();
create trigger log_gone after delete on yike.work_order
  referencing old table as touched for each statement execute function yike.log_orders();

create function yike.log_positions() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select 'worker', w.id, w.path from touched t join yike.worker w on w.id = t.worker_id;
  return null;
end
$$;

create trigger log_new after insert on yike.worker_position
  referencing new table as touched for each statement execute function yike.log_positions();
create trigger log_changed after update on yike.worker_position
  referencing new table as touched for each statement execute function yike.log_positions();

-- Who is on duty, what they can do and have in hand: processes that keep a roster hear of it by the same log.
create function yike.log_workers() returns trigger
language plpgsql as $$
begin
  if (select count(*) from touched) > 1000 then
    insert into yike.change (entity) values ('reset');
  else
    insert into yike.change (entity, entity_id, path) select 'worker', id, path from touched;
  end if;
  return null;
end
$$;

create function yike.log_loads() returns trigger
language plpgsql as $$
begin
  insert into yike.change (entity, entity_id, path)
  select 'worker', w.id, w.path
  from (select distinct t.worker_id from touched t where t.worker_id is not null) as busy
  join yike.worker w on w.id = busy.worker_id;
  return null;
end
$$;

create trigger log_new after insert on yike.worker
  referencing new table as touched for each statement execute function yike.log_workers();
create trigger log_changed after update on yike.worker
  referencing new table as touched for each statement execute function yike.log_workers();
create trigger log_gone after delete on yike.worker
  referencing old table as touched for each statement execute function yike.log_workers();
create trigger log_load after insert on yike.work_order
  referencing new table as touched for each statement execute function yike.log_loads();
create trigger log_load_after after update on yike.work_order
  referencing new table as touched for each statement execute function yike.log_loads();
create trigger log_load_before after update on yike.work_order
  referencing old table as touched for each statement execute function yike.log_loads();
create trigger log_load_gone after delete on yike.work_order
  referencing old table as touched for each statement execute function yike.log_loads();
