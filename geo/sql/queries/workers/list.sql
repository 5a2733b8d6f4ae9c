-- Where a worker is: the phone's last position, or the post where none is known.
select w.id, yike.extent(coalesce(p.geom, w.post)) as extent,
  cast(json_build_object('type', 'Feature', 'id', w.id,
    'geometry', cast(st_asgeojson(coalesce(p.geom, w.post), 7) as json),
    'properties', json_build_object('id', w.id, 'name', w.name, 'on_duty', w.on_duty, 'profile', w.profile,
      'area', w.path, 'skills', w.skills, 'position_age_s', extract(epoch from now() - p.observed_at),
      'open_orders', (
        select count(*) from yike.work_order o
        where o.worker_id = w.id and o.state not in ('closed', 'returned', 'cancelled', 'verified', 'handled')
      ))) as text) as feature
from yike.worker w
left join yike.worker_position p on p.worker_id = w.id
where w.id > :after
  and w.path >= :lower and w.path < :upper
  and (cast(:worker as bigint) is null or w.id = :worker)
  and (not :only_on_duty or w.on_duty)
order by w.id
limit :limit
