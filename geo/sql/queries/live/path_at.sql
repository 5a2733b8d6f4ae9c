select yike.path_at(st_setsrid(st_makepoint(:lon, :lat), 4326)) as path
