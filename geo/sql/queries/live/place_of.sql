-- Where a device or an incident is: at the entrance of its flat's stair where that is known, else at its own point.
select st_x(spot.geom) as lon, st_y(spot.geom) as lat
from (
  select d.geom as own, e.geom as entrance
  from yike.device d
  left join yike.unit u on u.id = d.unit_id
  left join yike.entrance e on e.id = u.entrance_id
  where d.id = cast(:device as bigint) and d.path >= :lower and d.path < :upper
  union all
  select i.geom, e.geom
  from yike.incident i
  left join yike.device d on d.id = i.device_id
  left join yike.unit u on u.id = d.unit_id
  left join yike.entrance e on e.id = u.entrance_id
  where i.id = cast(:incident as bigint) and i.path >= :lower and i.path < :upper
) as found
cross join lateral (select coalesce(found.entrance, found.own) as geom) as spot
