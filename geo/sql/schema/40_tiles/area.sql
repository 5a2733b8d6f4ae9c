create function yike.tile_area(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  -- Outlines, and one label point an area, in a layer of its own so that no name is drawn once a tile.
  with level as (
    select unnest(case
      when z <= 8 then array['city']
      when z <= 10 then array['city', 'district']
      when z <= 12 then array['district', 'subdistrict']
      when z <= 13 then array['subdistrict', 'community']
      else array['subdistrict', 'community', 'grid']
    end) as name
  ),
  box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 64.0 / 4096) as around
  ),
  seen as (
    select a.id, a.level, a.name, coalesce(a.name_en, a.name) as name_en, a.path, a.geom_3857
    from yike.area a, box
    where a.geom_3857 && box.around
      and a.level in (select level.name from level)
      and a.path >= coalesce(query ->> 'area_lower', '') and a.path < coalesce(query ->> 'area_upper', chr(127))
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or a.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
  ),
  outline as (
    select s.id, s.level, s.name, s.name_en, s.path, st_asmvtgeom(s.geom_3857, box.tile, 4096, 64) as geom
    from seen s, box
    order by s.id
  ),
  label as (
    select s.id, s.level, s.name, s.name_en, s.path, st_asmvtgeom(p.point, box.tile, 4096, 0) as geom
    from seen s
    cross join box
    cross join lateral (select st_pointonsurface(s.geom_3857) as point) as p
    where p.point && box.tile
    order by s.id
  )
  select coalesce((select st_asmvt(outline, 'area', 4096, 'geom', 'id') from outline where geom is not null), '')
    || coalesce((select st_asmvt(label, 'area_label', 4096, 'geom', 'id') from label where geom is not null), '');
end;
