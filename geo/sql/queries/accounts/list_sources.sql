select id, name, created_at, disabled_at from yike.source order by name
