select yike.tile_street(:z, :x, :y, cast(:query as json))
