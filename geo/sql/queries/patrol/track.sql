select extract(epoch from t.at)::float8 as at_s, st_x(t.geom) as lon, st_y(t.geom) as lat
from yike.worker_track t
where t.worker_id = :worker and t.at >= :since and t.at < :until
order by t.at, t.id
limit 100000
