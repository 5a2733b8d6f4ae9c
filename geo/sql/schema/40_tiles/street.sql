create function yike.tile_street(z integer, x integer, y integer, query json default '{}') returns bytea
language sql stable parallel safe
begin atomic
  with class as (
    select unnest(case
      when z <= 10 then array['motorway', 'trunk', 'primary']
      when z <= 12 then array['motorway', 'trunk', 'primary', 'secondary']
      when z <= 13 then array['motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential']
      else array['motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential', 'living_street', 'service',
        'pedestrian', 'footway', 'cycleway', 'path', 'steps']
    end) as name
  ),
  box as (
    select st_tileenvelope(z, x, y) as tile, st_tileenvelope(z, x, y, margin => 64.0 / 4096) as around
  ),
  seen as (
    select s.id, s.street_class as class, s.name, coalesce(s.name_en, s.name) as name_en,
      s.oneway_drive as oneway, s.bridge, s.tunnel, s.closed,
      st_asmvtgeom(s.geom_3857, box.tile, 4096, 64) as geom
    from yike.street s, box
    where s.geom_3857 && box.around and not s.across and s.street_class in (select class.name from class)
      -- Of a filter only what it lets through (CQL2, found beforehand).
      and ((select query -> 'ids' is null) or s.id in (select cast(json_array_elements_text(query -> 'ids') as bigint)))
    order by s.id
  )
  select coalesce(st_asmvt(seen, 'street', 4096, 'geom', 'id'), '') from seen where geom is not null;
end;
