select e.id, e.building_id, e.label from yike.entrance e where e.building_id = any(:buildings) order by e.id
