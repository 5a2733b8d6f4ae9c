-- Functions that make tiles may be other ones now: all their tiles are news.
insert into yike.change (entity, payload) select 'tiles', jsonb_build_array(l.name, '*') from yike.tile_layer l
