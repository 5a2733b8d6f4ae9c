-- What a coverage is true for: the streets, the homes and the facilities.
select coalesce(max(value) filter (where topic = 'network'), 0) as network,
  coalesce(max(value) filter (where topic = 'homes'), 0) as homes,
  coalesce(max(value) filter (where topic = 'facilities'), 0) as facilities
from yike.revision
where topic in ('network', 'homes', 'facilities')
