-- Workers as a roster keeps them: all, or those with these ids. For a post that is not known stands the middle of the grid.
select w.id, w.name, w.path, w.on_duty, w.profile, w.skills,
  st_x(p.geom) as lon, st_y(p.geom) as lat, extract(epoch from p.observed_at) as seen_at,
  st_x(post.geom) as post_lon, st_y(post.geom) as post_lat, w.post is null as is_grid_post,
  (
    select count(*) from yike.work_order o
    where o.worker_id = w.id and o.state not in ('closed', 'returned', 'cancelled', 'verified', 'handled')
  ) as open_orders
from yike.worker w
left join yike.worker_position p on p.worker_id = w.id
left join yike.area a on w.post is null and a.path = w.path and a.level = 'grid'
cross join lateral (select coalesce(w.post, st_pointonsurface(a.geom)) as geom) as post
where cast(:ids as bigint[]) is null or w.id = any(cast(:ids as bigint[]))
order by w.id
