select coalesce((select value from yike.revision where topic = :topic), 0) as value
