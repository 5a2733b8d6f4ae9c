select a.id, a.name, a.path, st_asbinary(a.geom_3857) as shape
from yike.area a
where a.level = :level and a.path >= :lower and a.path < :upper
order by a.path
