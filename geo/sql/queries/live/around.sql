-- What may lie within so many metres by the streets: nothing does that lies farther straight ahead. No camera in a flat.
with here as (
  select st_transform(st_setsrid(st_makepoint(:lon, :lat), 4326), 3857) as point,
    -- Mercator's metres are longer than those on the ground by 1/cos(latitude).
    cast(:metres as double precision) / cos(radians(:lat)) as reach
)
select case when f.category in ('elder_care', 'day_care') then 'care_home' else 'facility' end as what,
  f.id, coalesce(f.name, c.name) as name, coalesce(f.name_en, c.name_en) as name_en, f.category as kind,
  st_x(f.geom) as lon, st_y(f.geom) as lat
from here, yike.facility f join yike.facility_category c on c.code = f.category
where f.path >= :lower and f.path < :upper and st_dwithin(f.geom_3857, here.point, here.reach)
union all
select case when d.kind = 'fire_point' then 'fire_point' else 'camera' end,
  d.id, d.name, k.name_en, d.kind, st_x(d.geom), st_y(d.geom)
from here, yike.device d join yike.device_kind k on k.code = d.kind
where d.kind in ('fire_point', 'video_camera', 'fire_lane_camera', 'falling_object_camera', 'street_camera')
  and d.path >= :lower and d.path < :upper and st_dwithin(d.geom_3857, here.point, here.reach)
order by 1, 2
limit 20000
