select at, entity, entity_id, cast(payload as text) as payload
from yike.replay_changes(:since, :until, :lower, :upper)
limit :limit
