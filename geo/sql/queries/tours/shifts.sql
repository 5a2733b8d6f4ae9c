-- Workers with the place a tour begins and ends at: the post, else where they last were.
select w.id, w.name, w.profile, w.on_duty, w.skills, st_x(spot.geom) as lon, st_y(spot.geom) as lat
from yike.worker w
left join yike.worker_position p on p.worker_id = w.id
cross join lateral (select coalesce(w.post, p.geom) as geom) as spot
where w.path >= :lower and w.path < :upper
  and (cast(:workers as bigint[]) is null and w.on_duty or w.id = any (cast(:workers as bigint[])))
order by w.id
