select yike.tile_layers(cast(:layers as text[]), cast(:z as integer), cast(:x as integer), cast(:y as integer), cast(:query as json))
