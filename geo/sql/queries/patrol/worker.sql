-- A worker's own area: the grid, or whatever else the worker belongs to.
select w.id, w.profile, a.path, a.name, st_asbinary(a.geom_3857) as outline
from yike.worker w
left join yike.area a on a.path = w.path
where w.id = :worker and w.path >= :lower and w.path < :upper
