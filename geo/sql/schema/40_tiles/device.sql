create function yike.tile_device(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  -- Place and kind only: the tile stays true while states change. What is not blue comes on the live stream.
  with box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 256.0 / 4096) as around
  ),
  seen as (
    select d.id, d.kind, k.device_class as class, d.floor,
      st_asmvtgeom(d.geom_3857, box.tile, 4096, 256) as geom
    from yike.device d
    join yike.device_kind k on k.code = d.kind
    cross join box
    where z >= 14
      and d.geom_3857 && box.around
      and d.path >= coalesce(query ->> 'area_lower', '') and d.path < coalesce(query ->> 'area_upper', chr(127))
      and (query ->> 'kind' is null or d.kind = query ->> 'kind')
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or d.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
    order by d.id
  )
  select coalesce(st_asmvt(seen, 'device', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
