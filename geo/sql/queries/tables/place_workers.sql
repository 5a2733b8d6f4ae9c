update yike.worker t
set path = f.path
from (
  select t.id, yike.path_at(t.post) as path from yike.worker t where t.origin <> 'sample' and t.post is not null
) as f
where f.id = t.id and t.path is distinct from f.path
