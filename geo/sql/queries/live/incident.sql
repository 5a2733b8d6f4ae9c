select * from yike.incident_live where id = :incident and path >= :lower and path < :upper
