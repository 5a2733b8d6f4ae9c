select not exists (select from yike.area) and not exists (select from yike.building) as is_empty
