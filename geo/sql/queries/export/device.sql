-- What hangs where; never whose it is.
select d.id, d.external_id, d.kind, k.device_class as class, d.name, d.building_id, d.floor, d.gateway,
  d.installed_at, d.path as area, d.origin, st_asbinary(d.geom) as geometry
from yike.device d
join yike.device_kind k on k.code = d.kind
where d.path >= :lower and d.path < :upper
order by d.id
