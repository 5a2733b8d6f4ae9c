create function yike.tile_layers(layers text[], z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
-- Several layers of one tile in one call, joined in drawing order. In PL/pgSQL, like the layers themselves, because it
-- keeps plans as long as a connection lives: planning a tile near the ground costs as much as reading it.
declare
  made bytea := '';
begin
  if 'area' = any(layers) then
    made := made || yike.tile_area(z, x, y, query);
  end if;
  if 'ground' = any(layers) then
    made := made || yike.tile_ground(z, x, y, query);
  end if;
  if 'street' = any(layers) then
    made := made || yike.tile_street(z, x, y, query);
  end if;
  if 'building' = any(layers) then
    made := made || yike.tile_building(z, x, y, query);
  end if;
  if 'facility' = any(layers) then
    made := made || yike.tile_facility(z, x, y, query);
  end if;
  if 'device' = any(layers) then
    made := made || yike.tile_device(z, x, y, query);
  end if;
  return made;
end
$$;
