select w.id, st_x(w.post) as lon, st_y(w.post) as lat
from yike.worker w
where w.origin = 'sample' and w.on_duty and w.post is not null
order by w.id
