-- The map as it was, in the shape of the live stream. Made from what happened (incidents, order logs, silences, tracks),
-- not from the numbered log, which is soon pruned. Devices stand where they stand now.

create function yike.leader_then(of_incident bigint, moment timestamptz) returns bigint
language sql stable
begin atomic
  -- The incident that led: itself, or the one it was merged into.
  select coalesce((
    select l.note::bigint
    from yike.incident_log l
    where l.incident_id = of_incident and l.step = 'merged' and l.at <= moment
    order by l.at desc, l.id desc
    limit 1
  ), of_incident);
end;

create function yike.order_then(of_incident bigint, moment timestamptz) returns text
language sql stable
begin atomic
  -- State of the order that stood on an incident; null: none did.
  select l.state
  from yike.work_order w
  cross join lateral (
    select l.state from yike.work_order_log l where l.order_id = w.id and l.at <= moment order by l.at desc, l.id desc limit 1
  ) as l
  where w.incident_id = of_incident and l.state not in ('closed', 'returned', 'cancelled')
  order by w.id desc
  limit 1;
end;

create function yike.severity_then(of_incident bigint, moment timestamptz) returns smallint
language sql stable
begin atomic
  -- As grave as the gravest of those that followed it.
  select max(i.severity)
  from yike.incident i
  where (i.id = of_incident or i.id in (
      select l.incident_id from yike.incident_log l where l.step = 'merged' and l.note = of_incident::text))
    and (i.id = of_incident or (i.opened_at <= moment and (i.closed_at is null or i.closed_at > moment)))
    and (i.id = of_incident or yike.leader_then(i.id, moment) = of_incident);
end;

create function yike.incident_then(wanted bigint, moment timestamptz) returns jsonb
language sql stable
begin atomic
  select jsonb_build_array(i.id, case when i.closed_at <= moment then 'closed'
      when yike.leader_then(i.id, moment) <> i.id then 'merged' else 'open' end, i.kind,
    round(st_x(i.geom)::numeric, 6), round(st_y(i.geom)::numeric, 6),
    yike.severity_then(i.id, moment),
    yike.order_then(yike.leader_then(i.id, moment), moment))
  from yike.incident i
  where i.id = wanted and i.opened_at <= moment;
end;

create function yike.device_then(wanted bigint, moment timestamptz) returns jsonb
language sql stable
begin atomic
  select case
    when coalesce(stood.since, quiet.since) is null then jsonb_build_array(d.id, 'normal', moment)
    else jsonb_build_array(d.id, case when stood.since is null then 'offline' else 'abnormal' end,
      coalesce(stood.since, quiet.since), round(st_x(d.geom)::numeric, 6), round(st_y(d.geom)::numeric, 6), d.kind,
      stood.severity, stood.order_state)
    end
  from yike.device d
  left join lateral (
    select min(i.opened_at) as since, max(i.severity) as severity,
      -- The furthest help has come, as in device_live.
      (array_agg(o.state order by array_position(
        array['handled', 'verified', 'arrived', 'accepted', 'dispatched'], o.state)))[1] as order_state
    from yike.incident i
    cross join lateral (select yike.order_then(yike.leader_then(i.id, moment), moment) as state) as o
    where i.device_id = d.id and i.opened_at <= moment and (i.closed_at is null or i.closed_at > moment)
  ) as stood on true
  left join lateral (
    select s.since
    from yike.silence s
    where s.device_id = d.id and s.marked_at <= moment and (s.until is null or s.until > moment)
    order by s.marked_at desc
    limit 1
  ) as quiet on true
  where d.id = wanted;
end;

create function yike.replay_state(moment timestamptz, lower text, upper text)
returns table (entity text, entity_id bigint, payload jsonb)
language sql stable
begin atomic
  -- What was not blue, what was open, and where workers were.
  select 'device', e.device_id, yike.device_then(e.device_id, moment)
  from (
    select i.device_id
    from yike.incident i
    where i.device_id is not null and i.path >= replay_state.lower and i.path < replay_state.upper
      and i.opened_at <= moment and (i.closed_at is null or i.closed_at > moment)
    union
    select s.device_id
    from yike.silence s join yike.device d on d.id = s.device_id
    where d.path >= replay_state.lower and d.path < replay_state.upper
      and s.marked_at <= moment and (s.until is null or s.until > moment)
  ) as e
  union all
  select 'incident', i.id, yike.incident_then(i.id, moment)
  from yike.incident i
  where i.path >= replay_state.lower and i.path < replay_state.upper
    and i.opened_at <= moment and (i.closed_at is null or i.closed_at > moment)
    and yike.leader_then(i.id, moment) = i.id
  union all
  select 'worker', w.id, jsonb_build_array(w.id, round(st_x(t.geom)::numeric, 6), round(st_y(t.geom)::numeric, 6), t.observed_at)
  from yike.worker w
  cross join lateral (
    select t.geom, t.observed_at
    from yike.worker_track t
    where t.worker_id = w.id and t.at <= moment
    order by t.at desc, t.id desc
    limit 1
  ) as t
  where w.on_duty and w.path >= replay_state.lower and w.path < replay_state.upper;
end;

create function yike.replay_changes(since timestamptz, until timestamptz, lower text, upper text)
returns table (at timestamptz, entity text, entity_id bigint, payload jsonb)
language sql stable
begin atomic
  -- What changed after `since` and up to `until`, each thing as it then stood.
  with present as (
    select i.id, i.device_id, i.opened_at, i.closed_at, i.merged_into_id
    from yike.incident i
    where i.path >= replay_changes.lower and i.path < replay_changes.upper
      and i.opened_at <= replay_changes.until and (i.closed_at is null or i.closed_at > replay_changes.since)
  ),
  turn as (
    select p.id, p.device_id, e.at
    from present p
    cross join lateral (
      select p.opened_at as at
      union select p.closed_at
      union select l.at from yike.work_order w join yike.work_order_log l on l.order_id = w.id where w.incident_id in (p.id, p.merged_into_id)
      union select m.at from yike.incident_log m where m.incident_id = p.id and m.step = 'merged'
    ) as e
    where e.at > replay_changes.since and e.at <= replay_changes.until
      -- Of what it was merged into only what happened while it followed.
      and e.at >= p.opened_at and e.at <= coalesce(p.closed_at, e.at)
  )
  select t.at, 'incident', t.id, yike.incident_then(t.id, t.at)
  from (
    select t.at, t.id from turn t
    union
    -- What comes to a leader, or leaves it, changes how grave that is.
    select t.at, l.note::bigint
    from turn t
    join yike.incident_log l on l.incident_id = t.id and l.step = 'merged' and l.at <= t.at
  ) as t
  union all
  select t.at, 'device', t.device_id, yike.device_then(t.device_id, t.at)
  from (
    select t.device_id, t.at from turn t where t.device_id is not null
    union
    select s.device_id, e.at
    from yike.silence s
    join yike.device d on d.id = s.device_id
    cross join lateral (values (s.marked_at), (s.until)) as e(at)
    where d.path >= replay_changes.lower and d.path < replay_changes.upper
      and (s.until is null or s.until > replay_changes.since)
      and e.at > replay_changes.since and e.at <= replay_changes.until
  ) as t
  union all
  select t.at, 'worker', w.id,
    jsonb_build_array(w.id, round(st_x(t.geom)::numeric, 6), round(st_y(t.geom)::numeric, 6), t.observed_at)
  from yike.worker_track t
  join yike.worker w on w.id = t.worker_id and w.on_duty
  where w.path >= replay_changes.lower and w.path < replay_changes.upper
    and t.at > replay_changes.since and t.at <= replay_changes.until
  order by 1;
end;

comment on function yike.replay_state(timestamptz, text, text) is 'The map as it was at a moment, within a range of area paths';
comment on function yike.replay_changes(timestamptz, timestamptz, text, text) is 'What changed on the map between two moments, in order';
