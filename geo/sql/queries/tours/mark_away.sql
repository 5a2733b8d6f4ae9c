update yike.tour set away_order_id = :order, reason = :reason, changed_at = clock_timestamp() where id = :tour
