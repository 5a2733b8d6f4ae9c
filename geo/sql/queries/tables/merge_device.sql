-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
-- A device without a place of its own hangs in its building.
with merged as (
  insert into yike.device as t (
    origin, source_key, external_id, kind, name, building_id, unit_id, floor, gateway, installed_at, datum,
    geom_delivered, geom, path)
  select
    'imported',
    s.source_key,
    s.external_id,
    s.kind,
    coalesce(s.name, case when not 'name' = any(:given) then k.name end, d.name),
    case when 'building_id' = any(:given) then s.building_id else k.building_id end,
    case when 'unit_id' = any(:given) then s.unit_id else k.unit_id end,
    case when 'floor' = any(:given) then s.floor else k.floor end,
    case when 'gateway' = any(:given) then s.gateway else k.gateway end,
    coalesce(s.installed_at, k.installed_at, now()),
    s.datum,
    s.geom_delivered,
    g.geom,
    yike.path_at(g.geom)
  from incoming_device s
  join yike.device_kind d on d.code = s.kind
  left join yike.device k on k.external_id = s.external_id
  left join yike.building b on b.id = s.building_id
  cross join lateral (select coalesce(s.geom, st_pointonsurface(b.geom)) as geom) as g
  order by g.geom, s.external_id
  on conflict (external_id) do update
  set
    origin = excluded.origin, source_key = excluded.source_key, kind = excluded.kind, name = excluded.name,
    building_id = excluded.building_id, unit_id = excluded.unit_id, floor = excluded.floor,
    gateway = excluded.gateway, installed_at = excluded.installed_at, datum = excluded.datum,
    geom_delivered = excluded.geom_delivered, geom = excluded.geom, path = excluded.path
  where (
    t.source_key, t.kind, t.name, t.building_id, t.unit_id, t.floor, t.gateway, t.installed_at, t.datum,
    t.geom_delivered, t.geom, t.path)
  is distinct from (
    excluded.source_key, excluded.kind, excluded.name, excluded.building_id, excluded.unit_id, excluded.floor,
    excluded.gateway, excluded.installed_at, excluded.datum, excluded.geom_delivered, excluded.geom,
    excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
