-- What the homes and the facilities are true for.
select coalesce(max(value) filter (where topic = 'homes'), 0) as homes,
  coalesce(max(value) filter (where topic = 'facilities'), 0) as facilities
from yike.revision
where topic in ('homes', 'facilities')
