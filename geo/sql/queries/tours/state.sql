select state from yike.tour where id = :tour
