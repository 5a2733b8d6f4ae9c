insert or ignore into tile (id, zoom, digest, goes_on) values (:id, :zoom, :digest, :goes_on)
