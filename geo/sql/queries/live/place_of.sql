-- Where one must walk to: the entrance of the flat's stair where that is known, else the thing's own point; how far up;
-- and what its alarms ask for.
select st_x(spot.geom) as lon, st_y(spot.geom) as lat, found.path, coalesce(found.floor, u.floor) as floor, b.has_lift,
  k.skill
from (
  select d.id as device_id, d.geom as own, d.unit_id, null::bigint as entrance_id, d.building_id, d.floor, d.path
  from yike.device d
  where d.id = cast(:device as bigint)
  union all
  select i.device_id, i.geom, d.unit_id, null, d.building_id, d.floor, i.path
  from yike.incident i
  left join yike.device d on d.id = i.device_id
  where i.id = cast(:incident as bigint)
  union all
  select null, st_pointonsurface(b.geom), null, (
    select e.id from yike.entrance e where e.building_id = b.id order by e.label, e.id limit 1
  ), b.id, cast(:floor as integer), b.path
  from yike.building b
  where b.id = cast(:building as bigint)
) as found
left join yike.device d on d.id = found.device_id
left join yike.device_kind k on k.code = d.kind
left join yike.building b on b.id = found.building_id
left join yike.unit u on u.id = found.unit_id
left join yike.entrance e on e.id = coalesce(u.entrance_id, found.entrance_id)
cross join lateral (select coalesce(e.geom, found.own) as geom) as spot
where found.path >= :lower and found.path < :upper
