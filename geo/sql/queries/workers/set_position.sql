insert into yike.worker_position (worker_id, accuracy_m, geom)
select w.id, :accuracy, st_setsrid(st_makepoint(:lon, :lat), 4326)
from yike.worker w
where w.id = :worker and w.path >= :lower and w.path < :upper
on conflict (worker_id) do update
set observed_at = excluded.observed_at, accuracy_m = excluded.accuracy_m, geom = excluded.geom
returning worker_id
