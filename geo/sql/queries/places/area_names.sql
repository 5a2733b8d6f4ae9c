-- The areas above a path, outermost first: what a breadcrumb shows.
select id, level, name, coalesce(name_en, name) as name_en, path
from yike.area
where path = any (cast(:paths as text[]))
order by length(path)
