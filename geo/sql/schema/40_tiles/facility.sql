create function yike.tile_facility(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  -- Symbols are drawn beyond their point, so the buffer is wider than that of lines.
  with box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 256.0 / 4096) as around
  ),
  seen as (
    select f.id, f.category, f.name, coalesce(f.name_en, f.name) as name_en,
      st_asmvtgeom(f.geom_3857, box.tile, 4096, 256) as geom
    from yike.facility f, box
    where z >= 13
      and f.geom_3857 && box.around
      and f.path >= coalesce(query ->> 'area_lower', '') and f.path < coalesce(query ->> 'area_upper', chr(127))
      and (query ->> 'category' is null or f.category = query ->> 'category')
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or f.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
    order by f.id
  )
  select coalesce(st_asmvt(seen, 'facility', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
