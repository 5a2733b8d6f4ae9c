create function yike.tile_building(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  lower text := coalesce(query ->> 'area_lower', '');
  upper text := coalesce(query ->> 'area_upper', chr(127));
  ids bigint[] := yike.tile_ids(query);
  parts text[] := yike.tile_parts('building', z);
  has_floors boolean := 'floors' = any(parts);
  has_height boolean := 'height_m' = any(parts);
  has_name boolean := 'name' = any(parts);
  limits record := yike.tile_limits('building', z);
begin
  if z < 13 then
    return '';
  end if;
  return (
    with seen as (
      select b.id, b.use,
        case when has_floors then b.floors end as floors,
        case when has_height then coalesce(b.height_m, b.floors * 3.0)::real end as height_m,
        case when has_name then b.name end as name,
        case when has_name then coalesce(b.name_en, b.name) end as name_en,
        st_asmvtgeom(
          case when limits.simplify_m > 0 then st_simplify(b.geom_3857, limits.simplify_m, true) else b.geom_3857 end,
          tile, 4096, 64) as geom
      from yike.building b
      where b.geom_3857 && around and b.path >= lower and b.path < upper
        and (ids is null or b.id = any(ids))
        and (limits.smallest_m2 = 0 or st_area(b.geom_3857) > limits.smallest_m2)
      order by b.id
    )
    select coalesce(st_asmvt(seen, 'building', 4096, 'geom', 'id'), '') from seen where geom is not null
  );
end
$$;
