create function yike.tile_area(z integer, x integer, y integer, query json default '{}') returns bytea
language plpgsql stable parallel safe as $$
-- Outlines, and one label point an area, in a layer of its own so that no name is drawn once a tile.
declare
  tile geometry := st_tileenvelope(z, x, y);
  around geometry := st_tileenvelope(z, x, y, margin => 64.0 / 4096);
  lower text := coalesce(query ->> 'area_lower', '');
  upper text := coalesce(query ->> 'area_upper', chr(127));
  ids bigint[] := yike.tile_ids(query);
  levels text[] := yike.tile_parts('area', z);
  simplify_m double precision := (yike.tile_limits('area', z)).simplify_m;
begin
  return (
    with seen as (
      select a.id, a.level, a.name, coalesce(a.name_en, a.name) as name_en, a.path, a.geom_3857
      from yike.area a
      where a.geom_3857 && around and a.level = any(levels) and a.path >= lower and a.path < upper
        and (ids is null or a.id = any(ids))
    ),
    outline as (
      select s.id, s.level, s.name, s.name_en, s.path,
        st_asmvtgeom(case when simplify_m > 0 then st_simplify(s.geom_3857, simplify_m, true) else s.geom_3857 end,
          tile, 4096, 64) as geom
      from seen s
      order by s.id
    ),
    label as (
      select s.id, s.level, s.name, s.name_en, s.path, st_asmvtgeom(p.point, tile, 4096, 0) as geom
      from seen s
      cross join lateral (select st_pointonsurface(s.geom_3857) as point) as p
      where p.point && tile
      order by s.id
    )
    select coalesce((select st_asmvt(outline, 'area', 4096, 'geom', 'id') from outline where geom is not null), '')
      || coalesce((select st_asmvt(label, 'area_label', 4096, 'geom', 'id') from label where geom is not null), '')
  );
end
$$;
