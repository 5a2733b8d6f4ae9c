-- What is drawn at which zoom: the one place that says it. The functions of this folder read it, docs/tiles.md repeats
-- it for people, and tests compare both with decoded tiles. A layer's first and last zoom are in tiles/layers.py.

create view yike.tile_shows as
select *
from (values
  -- Features: by level of the area, by class of the street.
  ('area', 'city', 4, 10),
  ('area', 'district', 9, 12),
  ('area', 'subdistrict', 11, 22),
  ('area', 'community', 13, 22),
  ('area', 'grid', 14, 22),
  ('street', 'motorway', 8, 22),
  ('street', 'trunk', 8, 22),
  ('street', 'primary', 8, 22),
  ('street', 'secondary', 11, 22),
  ('street', 'tertiary', 13, 22),
  ('street', 'residential', 13, 22),
  ('street', 'living_street', 14, 22),
  ('street', 'service', 14, 22),
  ('street', 'pedestrian', 14, 22),
  ('street', 'footway', 14, 22),
  ('street', 'cycleway', 14, 22),
  ('street', 'path', 14, 22),
  ('street', 'steps', 14, 22),
  -- Attributes that are not there at every zoom: heights where buildings stand up, names where there is room for them.
  ('street', 'name of a main street', 13, 22),
  ('street', 'name', 15, 22),
  ('building', 'floors', 15, 22),
  ('building', 'height_m', 15, 22),
  ('building', 'name', 16, 22),
  ('facility', 'name', 15, 22)
) as s(layer, what, from_zoom, to_zoom);

create view yike.tile_detail as
-- In pixels of a screen with 512 a tile: shapes of a smaller area are left out, others lose corners that stand out less.
select *
from (values
  ('area', 4, 13, 0.0, 0.5),
  ('ground', 8, 13, 16.0, 0.5),
  ('ground', 14, 22, 16.0, 0.0),
  ('street', 8, 13, 0.0, 0.5),
  ('street', 14, 14, 0.0, 0.25),
  ('building', 13, 13, 3.0, 0.5),
  ('building', 14, 14, 1.0, 0.25)
) as d(layer, from_zoom, to_zoom, smallest_px2, simplify_px);

create function yike.tile_parts(of_layer text, z integer) returns text[]
language sql stable parallel safe
return (select coalesce(array_agg(s.what), '{}') from yike.tile_shows s
  where s.layer = of_layer and z between s.from_zoom and s.to_zoom);

create function yike.tile_limits(of_layer text, z integer, out smallest_m2 double precision, out simplify_m double precision)
language sql stable parallel safe
begin atomic
  -- In metres of the projection; 0 where nothing is left out.
  select coalesce(max(d.smallest_px2), 0) * pixel.m ^ 2, coalesce(max(d.simplify_px), 0) * pixel.m
  from (select 40075016.68557849 / (1 << z) / 512 as m) as pixel
  left join yike.tile_detail d on d.layer = of_layer and z between d.from_zoom and d.to_zoom
  group by pixel.m;
end;

create function yike.tile_ids(query json) returns bigint[]
language sql immutable parallel safe
return case when query -> 'ids' is not null
  then (select coalesce(array_agg(cast(i.id as bigint)), '{}') from json_array_elements_text(query -> 'ids') as i(id)) end;
