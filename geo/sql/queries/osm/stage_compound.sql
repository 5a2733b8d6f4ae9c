create temporary table staged_compound (
  source_key text, name text, name_en text, geom geometry(multipolygon, 4326)
) on commit drop
