create temporary table staged_ground (
  source_key text, kind text, name text, name_en text, geom geometry(multipolygon, 4326)
) on commit drop
