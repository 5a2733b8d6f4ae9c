select c.*
from yike.channel c
where c.path >= :lower and c.path < :upper and (cast(:id as bigint) is null or c.id = :id)
order by c.id
