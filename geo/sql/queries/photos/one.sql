select p.content, p.media_type, p.at
from yike.photo p
join yike.incident i on i.id = p.incident_id
where p.id = :photo and i.path >= :lower and i.path < :upper
