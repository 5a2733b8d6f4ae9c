update yike.unit t
set path = b.path
from yike.building b
where b.id = t.building_id and b.origin <> 'sample' and t.path is distinct from b.path
