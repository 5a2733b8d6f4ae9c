create function yike.number_changes() returns bigint
language plpgsql as $$
declare
  numbered bigint;
  last bigint;
begin
  if not exists (select from yike.change where seq is null) then
    return 0;
  end if;
  -- Numbers become visible in their order only when one transaction at a time gives them out.
  -- The row lock is that gate; it ends with this short transaction, so nobody can freeze it.
  select c.last_seq into last from yike.live_clock c for update;

  with pending as (
    delete from yike.change where seq is null returning id, at, entity, entity_id, path, payload
  ),
  newest as (
    -- Several changes of one thing that nobody has seen yet are one change.
    select distinct on (entity, entity_id) * from pending where entity <> 'tiles' order by entity, entity_id, id desc
  ),
  tiles as (
    -- So are lists of tiles of a layer: each tile once, and of very many the whole layer.
    select max(p.id) as id, max(p.at) as at, p.path, p.payload ->> 0 as layer,
      case when bool_or(t.tile = '*') or count(distinct t.tile) > yike.most_tiles() then '["*"]'
        else jsonb_agg(distinct t.tile) end as tiles
    from pending p
    cross join lateral jsonb_array_elements_text(p.payload - 0) as t(tile)
    where p.entity = 'tiles'
    group by p.path, p.payload ->> 0
  ),
  stated as (
    select n.at, n.entity, n.entity_id, n.path, n.id,
      case n.entity
        when 'device' then (
          select case d.status
            when 'normal' then jsonb_build_array(d.id, 'normal', n.at)
            else jsonb_build_array(d.id, d.status, d.since, round(d.lon::numeric, 6), round(d.lat::numeric, 6),
              d.kind, d.severity, d.order_state)
            end
          from yike.device_live d where d.id = n.entity_id)
        when 'incident' then (
          select jsonb_build_array(i.id, case when i.state = 'open' and i.merged_into_id is not null then 'merged'
            else i.state end, i.kind, round(st_x(i.geom)::numeric, 6),
            round(st_y(i.geom)::numeric, 6), i.severity, i.order_state)
          from yike.incident_live i where i.id = n.entity_id)
        when 'worker' then (
          select jsonb_build_array(p.worker_id, round(st_x(p.geom)::numeric, 6), round(st_y(p.geom)::numeric, 6),
            p.observed_at)
          -- Who is off duty is on no map.
          from yike.worker_position p join yike.worker w on w.id = p.worker_id
          where p.worker_id = n.entity_id and w.on_duty)
      end as payload
    from newest n
    union all
    select t.at, 'tiles', null, t.path, t.id, jsonb_build_array(t.layer) || t.tiles
    from tiles t
  ),
  written as (
    insert into yike.change (at, seq, entity, entity_id, path, payload)
    select at, last + row_number() over (order by id), entity, entity_id, path,
      -- What is gone says so.
      case when entity = 'reset' then null else coalesce(payload, jsonb_build_array(entity_id, 'removed', at)) end
    from stated
    returning 1
  )
  select count(*) into numbered from written;

  if numbered > 0 then
    update yike.live_clock set last_seq = last + numbered;
    -- One wake-up a batch: NOTIFY takes a global lock at commit.
    perform pg_notify('yike_live', (last + numbered)::text);
  end if;
  return numbered;
end
$$;

create function yike.new_epoch() returns void
language sql
begin atomic
  -- After a restore or a reset, numbers start over in a new life: listeners of the old one begin afresh.
  update yike.live_clock set epoch = gen_random_uuid(), last_seq = 0;
  delete from yike.change;
end;

comment on function yike.number_changes() is 'Numbers what committed transactions left unnumbered and wakes the listeners; returns how many';
