create function yike.tile_device(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
-- Place and kind only: the tile stays true while states change. What is not blue comes on the live stream.
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 256.0 / 4096);
  lower text := coalesce(query ->> 'area_lower', '');
  upper text := coalesce(query ->> 'area_upper', chr(127));
  only_kind text := query ->> 'kind';
  ids bigint[] := yike.tile_ids(query);
begin
  if z < 14 then
    return '';
  end if;
  return (
    with seen as (
      select d.id, d.kind, k.device_class as class, d.floor, st_asmvtgeom(d.geom_3857, tile, 4096, 256) as geom
      from yike.device d
      join yike.device_kind k on k.code = d.kind
      where d.geom_3857 && around and d.path >= lower and d.path < upper
        and (only_kind is null or d.kind = only_kind)
        and (ids is null or d.id = any(ids))
      order by d.id
    )
    select coalesce(st_asmvt(seen, 'device', 4096, 'geom', 'id'), '') from seen where geom is not null
  );
end
$$;
