create function yike.tile_building(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  with box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 64.0 / 4096) as around
  ),
  seen as (
    select b.id, b.use, b.floors, coalesce(b.height_m, b.floors * 3.0)::real as height_m,
      b.name, coalesce(b.name_en, b.name) as name_en,
      st_asmvtgeom(b.geom_3857, box.tile, 4096, 64) as geom
    from yike.building b, box
    where z >= 13
      and b.geom_3857 && box.around
      and b.path >= coalesce(query ->> 'area_lower', '') and b.path < coalesce(query ->> 'area_upper', chr(127))
    order by b.id
  )
  select coalesce(st_asmvt(seen, 'building', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
