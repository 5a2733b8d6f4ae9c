select count(*) from yike.photo where incident_id = :incident
