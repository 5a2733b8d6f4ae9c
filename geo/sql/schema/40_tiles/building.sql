create function yike.tile_building(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  -- At 13 only what is larger than a dot; heights where buildings stand up, names where there is room for them.
  with box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 64.0 / 4096) as around,
      -- Area of a screen pixel (512 a tile) in square metres of the projection.
      (40075016.7 / (1 << z) / 512) ^ 2 as pixel
  ),
  seen as (
    select b.id, b.use,
      case when z >= 15 then b.floors end as floors,
      case when z >= 15 then coalesce(b.height_m, b.floors * 3.0)::real end as height_m,
      case when z >= 16 then b.name end as name,
      case when z >= 16 then coalesce(b.name_en, b.name) end as name_en,
      st_asmvtgeom(b.geom_3857, box.tile, 4096, 64) as geom
    from yike.building b, box
    where z >= 13
      and b.geom_3857 && box.around
      and b.path >= coalesce(query ->> 'area_lower', '') and b.path < coalesce(query ->> 'area_upper', chr(127))
      and (z >= 14 or st_area(b.geom_3857) > 3 * box.pixel)
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or b.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
    order by b.id
  )
  select coalesce(st_asmvt(seen, 'building', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
