-- Which tiles a change of something drawn touches. See "Which tiles changed" in docs/architecture.md.

create function yike.most_tiles() returns integer
language sql immutable parallel safe
return 1000;

comment on function yike.most_tiles() is 'Of more tiles, or twice as many shapes in one statement, news names the whole layer';

create function yike.tiles_met(of_layer text, shapes geometry[]) returns table (z integer, x integer, y integer)
language sql stable parallel safe
begin atomic
  -- Every tile whose box, grown by the layer's buffer, meets the box of a shape. Where that would be very many (a long
  -- street near the ground), those that the shape itself comes near. Coordinates are rounded to a 4096th of a tile
  -- before they are cut, hence one more than the buffer; lines and outlines may be simplified by some more.
  with met as (
    select g.z, s.shape, s.is_exact, l.buffer,
      least(greatest(floor((st_xmin(s.shape) + w.half) / w.edge - w.reach), 0), w.last)::integer as west,
      least(greatest(floor((st_xmax(s.shape) + w.half) / w.edge + w.reach), 0), w.last)::integer as east,
      least(greatest(floor((w.half - st_ymax(s.shape)) / w.edge - w.reach), 0), w.last)::integer as north,
      least(greatest(floor((w.half - st_ymin(s.shape)) / w.edge + w.reach), 0), w.last)::integer as south
    from yike.tile_layer l
    cross join lateral generate_series(l.minzoom, l.maxzoom) as g(z)
    cross join lateral (
      select 20037508.342789244::double precision as half, 40075016.68557849 / (1 << g.z) as edge,
        (1 << g.z) - 1 as last, (l.buffer + 1) / 4096.0::double precision as reach
    ) as w
    cross join (
      select n.shape, st_dimension(n.shape) = 1 or st_isvalid(n.shape) as is_exact
      from unnest(shapes) as n(shape)
      where not st_isempty(n.shape)
    ) as s
    where l.name = of_layer
  )
  select distinct m.z, a.x, b.y
  from met m
  cross join lateral generate_series(m.west, m.east) as a(x)
  cross join lateral generate_series(m.north, m.south) as b(y)
  where (m.east - m.west + 1) * (m.south - m.north + 1) <= 16
    or not m.is_exact
    or st_intersects(m.shape, st_tileenvelope(m.z, a.x, b.y, margin => (m.buffer + 64) / 4096.0::double precision));
end;

create function yike.note_tiles(of_layer text, paths text[], shapes geometry[]) returns void
language plpgsql as $$
-- News of tiles, for each path (of its row) apart: who may not see the area hears nothing of it.
declare
  most constant integer := yike.most_tiles();
  met bigint;
begin
  if cardinality(shapes) <= 2 * most then
    -- Boxes that hold very many tiles are not looked at tile by tile.
    select sum(((st_xmax(n.shape) - st_xmin(n.shape)) / w.edge + 1) * ((st_ymax(n.shape) - st_ymin(n.shape)) / w.edge + 1))
    into met
    from unnest(shapes) as n(shape)
    cross join (
      select 40075016.68557849 / (1 << l.maxzoom) as edge from yike.tile_layer l where l.name = of_layer
    ) as w
    where not st_isempty(n.shape);
    if coalesce(met, 0) < 20 * most then
      with named as (
        select g.path, t.z, t.x, t.y
        from (
          select n.path, array_agg(n.shape) as shapes
          from unnest(paths, shapes) as n(path, shape)
          where n.shape is not null
          group by n.path
        ) as g
        cross join lateral yike.tiles_met(of_layer, g.shapes) as t
        limit most + 1
      ),
      counted as (
        select count(*) as tiles from named
      )
      insert into yike.change (entity, path, payload)
      select 'tiles', n.path,
        jsonb_build_array(of_layer) || jsonb_agg(format('%s/%s/%s', n.z, n.x, n.y) order by n.z, n.x, n.y)
      from named n, counted c
      where c.tiles <= most
      group by n.path;
      if found or met is null then
        return;
      end if;
    end if;
  end if;
  -- The whole layer is news to everyone: it says of no place.
  insert into yike.change (entity, payload) values ('tiles', jsonb_build_array(of_layer, '*'));
end
$$;

comment on function yike.tiles_met is 'Tiles of a layer, at all zooms it is drawn at, that shapes (EPSG:3857) touch with its buffer';
