-- The zooms each layer of SQL functions is drawn at and how far its tiles reach beyond their edge, in 4096ths of it:
-- as `tiles/layers.py` and the functions themselves say; a test compares.
create view yike.tile_layer as
select *
from (values
  ('area', 4, 16, 64), ('ground', 8, 16, 64), ('street', 8, 16, 64), ('building', 13, 16, 64),
  ('facility', 13, 16, 256), ('device', 14, 16, 256)) as l(name, minzoom, maxzoom, buffer);
