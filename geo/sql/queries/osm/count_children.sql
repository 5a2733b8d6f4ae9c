select count(*) from yike.area where parent_id = :area
