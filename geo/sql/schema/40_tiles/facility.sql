create function yike.tile_facility(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
-- Symbols are drawn beyond their point, so the buffer is wider than that of lines.
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 256.0 / 4096);
  lower text := coalesce(query ->> 'area_lower', '');
  upper text := coalesce(query ->> 'area_upper', chr(127));
  only_category text := query ->> 'category';
  ids bigint[] := yike.tile_ids(query);
  has_name boolean := 'name' = any(yike.tile_parts('facility', z));
begin
  if z < 13 then
    return '';
  end if;
  return (
    with seen as (
      select f.id, f.category,
        case when has_name then f.name end as name,
        case when has_name then coalesce(f.name_en, f.name) end as name_en,
        st_asmvtgeom(f.geom_3857, tile, 4096, 256) as geom
      from yike.facility f
      where f.geom_3857 && around and f.path >= lower and f.path < upper
        and (only_category is null or f.category = only_category)
        and (ids is null or f.id = any(ids))
      order by f.id
    )
    select coalesce(st_asmvt(seen, 'facility', 4096, 'geom', 'id'), '') from seen where geom is not null
  );
end
$$;
