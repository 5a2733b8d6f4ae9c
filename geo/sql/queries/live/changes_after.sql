select seq, entity, entity_id, path, cast(payload as text) as payload
from yike.change
where seq > :seq
order by seq
limit 10000
