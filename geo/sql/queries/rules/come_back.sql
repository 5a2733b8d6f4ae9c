delete from yike.absence a using yike.unit u
where u.id = a.unit_id and u.id = :unit and u.path >= :lower and u.path < :upper and a.kind = 'away' and a.until > now()
