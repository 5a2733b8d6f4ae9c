-- Everyone on duty at the phone's last position, or at the post where none is known.
select w.id, w.name, st_x(spot.geom) as lon, st_y(spot.geom) as lat,
  extract(epoch from now() - p.observed_at) as position_age_s,
  (
    select count(*) from yike.work_order o
    where o.worker_id = w.id and o.state not in ('closed', 'returned', 'cancelled', 'verified', 'handled')
  ) as open_orders
from yike.worker w
left join yike.worker_position p on p.worker_id = w.id
cross join lateral (select coalesce(p.geom, w.post) as geom) as spot
where w.on_duty and spot.geom is not null and w.path >= :lower and w.path < :upper
order by w.id
