create function yike.tile_ground(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  with box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 64.0 / 4096) as around,
      -- Area of one screen pixel (256 a tile), in square metres of the projection.
      (40075016.7 / (1 << z) / 256) ^ 2 as pixel
  ),
  seen as (
    select g.id, g.kind, g.name, coalesce(g.name_en, g.name) as name_en,
      st_asmvtgeom(g.geom_3857, box.tile, 4096, 64) as geom
    from yike.ground g, box
    where g.geom_3857 && box.around and st_area(g.geom_3857) > box.pixel * 4
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or g.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
    order by g.id
  )
  select coalesce(st_asmvt(seen, 'ground', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
