-- The path of the deepest area that holds each; rows that have it already stay untouched.
update yike.compound t
set path = f.path
from (
  select t.id, yike.path_at(st_pointonsurface(t.geom)) as path from yike.compound t where t.origin = 'imported'
) as f
where f.id = t.id and t.path is distinct from f.path
