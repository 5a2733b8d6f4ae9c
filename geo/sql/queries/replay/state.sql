select entity, entity_id, cast(payload as text) as payload from yike.replay_state(:at, :lower, :upper)
