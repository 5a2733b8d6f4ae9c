select u.id, u.building_id, u.entrance_id, e.label as entrance, u.room, u.origin = 'sample' as is_sample
from yike.unit u
left join yike.entrance e on e.id = u.entrance_id
where u.building_id = any(:buildings)
order by u.id
