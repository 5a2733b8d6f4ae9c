create function yike.path_at(place geometry) returns text
language sql stable parallel safe
begin atomic
  -- The deepest area that holds the point (WGS 84), an official one before one laid as a square; empty where none does.
  select coalesce((
    select a.path
    from yike.area a
    where st_covers(a.geom_3857, st_transform(st_setsrid(place, 4326), 3857))
    order by array_position(array['grid', 'community', 'subdistrict', 'district', 'city'], a.level),
      a.origin = 'derived', a.id
    limit 1
  ), '');
end;

create function yike.box_3857(west double precision, south double precision, east double precision, north double precision)
returns geometry
language sql immutable parallel safe
begin atomic
  -- A box in degrees as the same box in Web Mercator: meridians and parallels stay straight there, so it is
  -- exact, and the index on geom_3857 answers. Latitudes end where the projection does.
  select st_transform(
    st_makeenvelope(west, greatest(south, -85.05), east, least(north, 85.05), 4326), 3857);
end;
