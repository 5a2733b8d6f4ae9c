-- The areas of a scope with their outlines, in the order of their paths.
select id, level, name, coalesce(name_en, name) as name_en, path, st_asbinary(geom_3857) as outline
from yike.area
where path >= :lower and path < :upper
order by path
