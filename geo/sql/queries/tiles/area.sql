select yike.tile_area(:z, :x, :y, cast(:query as json))
