-- Which override stands for which device is kept true by whatever changes it: overrides, who lives where, devices.

create function yike.find_exceptions(of_devices bigint[], of_rules bigint[]) returns void
language plpgsql as $$
-- What is set for a device itself comes before what is set for a tag of somebody who lives there, the gravest first.
-- Null stands for all.
begin
  with wanted as (
    select distinct on (f.device_id, f.rule_id) f.device_id, f.rule_id, f.override_id
    from (
      select v.device_id, v.rule_id, v.id as override_id, v.severity, true as is_own
      from yike.rule_override v
      where v.device_id is not null
      union all
      select d.id, v.rule_id, v.id, v.severity, false
      from yike.rule_override v
      join yike.rule r on r.id = v.rule_id
      join yike.resident p on p.lives_here and p.tags @> array[v.tag]
      join yike.device d on d.unit_id = p.unit_id and d.kind = r.kind
      where v.tag is not null
    ) as f
    where (of_devices is null or f.device_id = any (of_devices)) and (of_rules is null or f.rule_id = any (of_rules))
    order by f.device_id, f.rule_id, f.is_own desc, f.severity desc nulls last, f.override_id
  ),
  gone as (
    delete from yike.rule_exception x
    where (of_devices is null or x.device_id = any (of_devices)) and (of_rules is null or x.rule_id = any (of_rules))
      and not exists (select from wanted w where w.device_id = x.device_id and w.rule_id = x.rule_id)
  )
  insert into yike.rule_exception as x (device_id, rule_id, override_id)
  select device_id, rule_id, override_id from wanted
  on conflict (device_id, rule_id) do update
  set override_id = excluded.override_id where x.override_id <> excluded.override_id;
end
$$;

create function yike.except_rules() returns trigger
language plpgsql as $$
begin
  perform yike.find_exceptions(null, (select array_agg(distinct t.rule_id) from touched t));
  return null;
end
$$;

create function yike.except_homes() returns trigger
language plpgsql as $$
begin
  -- Most people have no tag that any rule asks for.
  perform yike.find_exceptions(h.devices, null)
  from (
    select array_agg(d.id) as devices
    from yike.device d
    where d.unit_id in (select t.unit_id from touched t)
      and exists (select from yike.rule r join yike.rule_override v on v.rule_id = r.id where r.kind = d.kind)
  ) as h
  where h.devices is not null;
  return null;
end
$$;

create function yike.except_devices() returns trigger
language plpgsql as $$
begin
  perform yike.find_exceptions(h.devices, null)
  from (
    select array_agg(t.id) as devices
    from touched t
    where exists (select from yike.rule r join yike.rule_override v on v.rule_id = r.id where r.kind = t.kind)
  ) as h
  where h.devices is not null;
  return null;
end
$$;

-- Named to come before `start_heartbeat`, which asks what stands for a new device.
do $$
declare
  watched record;
begin
  for watched in
    select * from (values
      ('rule_override', 'except_rules'), ('resident', 'except_homes'), ('device', 'except_devices')) as w(owner, acts)
  loop
    execute format('create trigger except_inserted after insert on yike.%I referencing new table as touched
      for each statement execute function yike.%I()', watched.owner, watched.acts);
    execute format('create trigger except_updated after update on yike.%I referencing new table as touched
      for each statement execute function yike.%I()', watched.owner, watched.acts);
    if watched.owner <> 'device' then
      execute format('create trigger except_deleted after delete on yike.%I referencing old table as touched
        for each statement execute function yike.%I()', watched.owner, watched.acts);
    end if;
  end loop;
end
$$;
