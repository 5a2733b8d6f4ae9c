update yike.work_order
set rating = :rating, rated_at = now(), rated_by = :who, rating_note = :note
where id = :order and state in ('handled', 'verified', 'closed')
returning id
