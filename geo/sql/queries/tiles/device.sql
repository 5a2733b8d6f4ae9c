select yike.tile_device(:z, :x, :y, cast(:query as json))
