select id from yike.area where path = :path
