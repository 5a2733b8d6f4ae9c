select yike.tile_ground(:z, :x, :y, cast(:query as json))
