select yike.tile_building(:z, :x, :y, cast(:query as json))
