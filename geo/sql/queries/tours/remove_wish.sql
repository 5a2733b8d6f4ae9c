delete from yike.visit_wish w using yike.unit u
where u.id = w.unit_id and w.unit_id = :unit and u.path >= :lower and u.path < :upper
returning w.unit_id
