select id from yike.device where id = :device and path >= :lower and path < :upper
