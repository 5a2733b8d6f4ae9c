create function yike.tile_ground(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  ids bigint[] := yike.tile_ids(query);
  limits record := yike.tile_limits('ground', z);
begin
  return (
    with seen as (
      select g.id, g.kind, g.name, coalesce(g.name_en, g.name) as name_en,
        st_asmvtgeom(
          case when limits.simplify_m > 0 then st_simplify(g.geom_3857, limits.simplify_m, true) else g.geom_3857 end,
          tile, 4096, 64) as geom
      from yike.ground g
      where g.geom_3857 && around and st_area(g.geom_3857) > limits.smallest_m2
        and (ids is null or g.id = any(ids))
      order by g.id
    )
    select coalesce(st_asmvt(seen, 'ground', 4096, 'geom', 'id'), '') from seen where geom is not null
  );
end
$$;
