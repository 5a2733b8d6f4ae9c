-- Where the workers of a day's tours stand now: the last door they were at today, the phone's fresh position, the start.
select t.id as tour_id, t.worker_id, k.name as worker, k.profile, t.shift,
  st_x(spot.geom) as lon, st_y(spot.geom) as lat,
  exists (
    select from yike.work_order w where w.worker_id = t.worker_id and w.state in ('accepted', 'arrived')
  ) as is_away
from yike.tour t
join yike.worker k on k.id = t.worker_id
left join yike.worker_position p on p.worker_id = k.id and p.observed_at > now() - interval '30 minutes'
left join lateral (
  select st_setsrid(st_makepoint(d.lon, d.lat), 4326) as geom
  from yike.visit_details d
  where d.tour_id = t.id and d.state in ('done', 'missed') and p.geom is null
  order by d.done_at desc limit 1
) as door on true
cross join lateral (select coalesce(p.geom, door.geom, k.post) as geom) as spot
where t.state = 'accepted' and t.day = cast(:day as date)
  and (cast(:worker as bigint) is null or t.worker_id = :worker)
order by t.id
for update of t
