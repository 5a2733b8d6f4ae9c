update yike.resident t
set path = u.path
from yike.unit u
join yike.building b on b.id = u.building_id
where u.id = t.unit_id and b.origin <> 'sample' and t.path is distinct from u.path
