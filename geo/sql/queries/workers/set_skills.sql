update yike.worker set skills = cast(:skills as text[]) where id = :worker and path >= :lower and path < :upper returning id
