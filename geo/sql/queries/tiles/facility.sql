select yike.tile_facility(:z, :x, :y, cast(:query as json))
