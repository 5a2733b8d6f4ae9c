-- SQLite. What a layer is about.
update gpkg_contents set description = :description where table_name = :layer
