update yike.worker set on_duty = :on_duty where id = :worker and path >= :lower and path < :upper returning id
