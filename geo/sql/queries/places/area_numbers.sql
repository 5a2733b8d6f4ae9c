-- The numbers of each of several areas side by side: of one level, or directly below one area. What is red and what is
-- under way is counted over the few rows that stand.
with chosen as (
  select a.id, a.level, a.name, a.name_en, a.path, a.path || '0' as upper, st_pointonsurface(a.geom) as spot
  from yike.area a
  where a.path >= :lower and a.path < :upper
    and (cast(:level as text) is null or a.level = :level)
    and (cast(:parent as bigint) is null or a.parent_id = :parent)
  order by a.id
  limit :limit
),
red as materialized (
  select distinct d.id, d.path
  from yike.incident i join yike.device d on d.id = i.device_id
  where i.closed_at is null and d.path >= :lower and d.path < :upper
),
under_way as materialized (
  select w.id, i.path
  from yike.work_order w join yike.incident i on i.id = w.incident_id
  where w.state in ('dispatched', 'accepted', 'arrived', 'handled') and i.path >= :lower and i.path < :upper
)
select c.id, c.level, c.name, coalesce(c.name_en, c.name) as name_en, c.path,
  st_x(c.spot) as lon, st_y(c.spot) as lat,
  (select count(*) from yike.resident r where r.path >= c.path and r.path < c.upper and r.lives_here) as residents,
  (select count(*) from yike.device d where d.path >= c.path and d.path < c.upper) as devices,
  (select count(*) from red r where r.path >= c.path and r.path < c.upper) as abnormal,
  (select count(*) from under_way w where w.path >= c.path and w.path < c.upper) as open_orders
from chosen c
order by c.path
