update yike.deadline set due_at = now() + make_interval(secs => :seconds) where id = :deadline
