update yike.device t
set path = f.path
from (select t.id, yike.path_at(t.geom) as path from yike.device t where t.origin <> 'sample') as f
where f.id = t.id and t.path is distinct from f.path
