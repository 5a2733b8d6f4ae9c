create function yike.department_for(of_category text, of_path text) returns bigint
language sql stable
begin atomic
  -- 分类分流: of the departments that see to the category, the one nearest above the place.
  select d.id
  from yike.department d
  where of_category = any (d.categories) and (d.path = '' or d.path = of_path or starts_with(of_path, d.path || '/'))
  order by length(d.path) desc, d.id
  limit 1;
end;

create function yike.open_alarms(verdicts yike.verdict[]) returns void
language plpgsql as $$
-- Incidents of what rules found, at most one a device and rule: who comes second finds it standing.
declare
  opened bigint[];
begin
  with new as (
    insert into yike.incident (
      kind, title, severity, device_id, rule_id, path, geom, category, department_id, details)
    select 'device_alarm', r.name, e.severity, v.device_id, v.rule_id, d.path, d.geom, k.category,
      yike.department_for(k.category, d.path),
      jsonb_strip_nulls(jsonb_build_object('metric', r.metric, 'value', v.value, 'observed_at', v.observed_at))
    from unnest(verdicts) as v
    join yike.device d on d.id = v.device_id
    join yike.device_kind k on k.code = d.kind
    join yike.rule r on r.id = v.rule_id
    join yike.device_rule e on e.device_id = v.device_id and e.rule_id = v.rule_id
    order by v.device_id, v.rule_id
    on conflict (device_id, rule_id) where closed_at is null do nothing
    returning id
  )
  select array_agg(id order by id) into opened from new;
  if opened is null then
    return;
  end if;

  insert into yike.incident_log (incident_id, step, who) select id, 'opened', 'rule' from unnest(opened) as id;
  perform yike.merge_alarms(opened);

  -- By itself an order goes out at once, or after a while in which somebody telephones first. What is merged into
  -- another hastens that one.
  insert into yike.deadline as l (purpose, incident_id, due_at)
  select 'dispatch', coalesce(i.merged_into_id, i.id), min(i.opened_at + r.dispatch_after_s * interval '1 second')
  from yike.incident i
  join yike.rule r on r.id = i.rule_id
  where i.id = any (opened) and r.dispatch_after_s is not null
  group by 2
  on conflict (device_id, rule_id, purpose, incident_id, order_id) do update
  set due_at = excluded.due_at where l.due_at > excluded.due_at;

  -- Of what was merged only what is graver is told.
  perform yike.tell('opened', i.id, null)
  from yike.incident i
  left join yike.incident m on m.id = i.merged_into_id
  where i.id = any (opened) and (m.id is null or i.severity > m.severity);
end
$$;

create function yike.is_seen_to(of_incident bigint) returns boolean
language sql stable
begin atomic
  -- Who was sent has finished there. What opens now they have not looked at, and it must not be closed with the rest.
  select exists (
    select from yike.work_order w where w.incident_id = of_incident and w.state in ('handled', 'verified'));
end;

create function yike.merge_alarms(opened bigint[]) returns void
language plpgsql as $$
-- One incident to the person who must go: what several devices of one flat tell within ten minutes; what falls
-- silent behind one gateway; what several security or street devices of one grid tell alike.
declare
  spell constant interval := interval '10 minutes';
  alike_many constant integer := 5;
begin
  -- Whoever opens in the same flat, gateway or grid at this moment waits here, and then sees what we opened.
  perform pg_advisory_xact_lock(k.key)
  from (
    select distinct hashtextextended(s.key, 0) as key
    from unnest(opened) as n(id)
    join yike.incident i on i.id = n.id
    join yike.device d on d.id = i.device_id
    cross join lateral (values ('unit ' || d.unit_id), ('gateway ' || d.gateway), ('grid ' || d.path)) as s(key)
    where s.key is not null
    order by 1
  ) as k;

  with fresh as (
    select i.id, d.unit_id, d.gateway, r.type = 'silence' as is_silence
    from unnest(opened) as n(id)
    join yike.incident i on i.id = n.id
    join yike.device d on d.id = i.device_id
    join yike.rule r on r.id = i.rule_id
  ),
  standing as (
    select i.id, d.unit_id, d.gateway, r.type = 'silence' as is_silence
    from yike.incident i
    join yike.device d on d.id = i.device_id
    join yike.rule r on r.id = i.rule_id
    where i.closed_at is null and i.merged_into_id is null and i.opened_at > now() - spell
      and not yike.is_seen_to(i.id)
  ),
  led as (
    select f.id, coalesce(
      (select min(s.id) from standing s where s.id < f.id and s.gateway = f.gateway and s.is_silence and f.is_silence),
      (select min(s.id) from standing s where s.id < f.id and s.unit_id = f.unit_id and s.is_silence = f.is_silence)
    ) as leader_id
    from fresh f
  ),
  chained as (
    -- A leader that has itself found one hands its own on.
    select l.id, coalesce(up.leader_id, l.leader_id) as leader_id
    from led l left join led up on up.id = l.leader_id
    where l.leader_id is not null
  ),
  merged as (
    update yike.incident i set merged_into_id = c.leader_id
    from chained c
    where i.id = c.id
    returning i.id, i.merged_into_id
  )
  insert into yike.incident_log (incident_id, step, who, note)
  select id, 'merged', 'rule', merged_into_id::text from merged;

  -- The fifth of a grid that tells alike makes all of them one, but for those somebody is already sent to.
  with crowd as (
    select i.path, i.rule_id,
      min(i.id) filter (where i.merged_into_id is null and not yike.is_seen_to(i.id)) as leader_id
    from yike.incident i
    join yike.device d on d.id = i.device_id
    join yike.device_kind k on k.code = d.kind
    join yike.rule r on r.id = i.rule_id
    where i.closed_at is null and i.opened_at > now() - spell and (r.type = 'silence' or k.device_class <> 'care')
      and (i.path, i.rule_id) in (select n.path, n.rule_id from yike.incident n where n.id = any (opened))
    group by i.path, i.rule_id
    having count(*) >= alike_many
  ),
  merged as (
    update yike.incident i set merged_into_id = c.leader_id
    from crowd c
    where i.path = c.path and i.rule_id = c.rule_id and i.id <> c.leader_id
      and i.closed_at is null and i.merged_into_id is null and i.opened_at > now() - spell
      and not exists (
        select from yike.work_order w
        where w.incident_id = i.id and w.state not in ('closed', 'returned', 'cancelled'))
    returning i.id, i.merged_into_id
  )
  insert into yike.incident_log (incident_id, step, who, note)
  select id, 'merged', 'rule', merged_into_id::text from merged;

  -- Who followed one that follows now follows its leader.
  with moved as (
    update yike.incident i set merged_into_id = l.merged_into_id
    from yike.incident l
    where i.merged_into_id = l.id and l.merged_into_id is not null and i.closed_at is null and l.closed_at is null
    returning i.id, i.merged_into_id
  )
  insert into yike.incident_log (incident_id, step, who, note)
  select id, 'merged', 'rule', merged_into_id::text from moved;
end
$$;

comment on function yike.open_alarms(yike.verdict[]) is 'Opens incidents of devices; merges, tells and sets the deadline of their dispatch';
