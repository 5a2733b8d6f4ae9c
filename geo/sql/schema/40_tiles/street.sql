create function yike.tile_street(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  ids bigint[] := yike.tile_ids(query);
  parts text[] := yike.tile_parts('street', z);
  has_name boolean := 'name' = any(parts);
  main_has_name boolean := 'name of a main street' = any(parts);
  simplify_m double precision := (yike.tile_limits('street', z)).simplify_m;
begin
  return (
    with seen as (
      select s.id, s.street_class as class,
        case when n.is_shown then s.name end as name,
        case when n.is_shown then coalesce(s.name_en, s.name) end as name_en,
        s.oneway_drive as oneway, s.bridge, s.tunnel, s.closed,
        st_asmvtgeom(case when simplify_m > 0 then st_simplify(s.geom_3857, simplify_m, true) else s.geom_3857 end,
          tile, 4096, 64) as geom
      from yike.street s
      cross join lateral (
        select has_name or main_has_name
          and s.street_class in ('motorway', 'trunk', 'primary', 'secondary', 'tertiary') as is_shown
      ) as n
      where s.geom_3857 && around and not s.across and s.street_class = any(parts)
        and (ids is null or s.id = any(ids))
      order by s.id
    )
    select coalesce(st_asmvt(seen, 'street', 4096, 'geom', 'id'), '') from seen where geom is not null
  );
end
$$;
