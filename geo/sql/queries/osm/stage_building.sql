create temporary table staged_building (
  source_key text, name text, name_en text, address text, use text, floors smallint,
  height_m double precision, geom geometry(multipolygon, 4326)
) on commit drop
