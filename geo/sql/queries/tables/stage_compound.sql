create temporary table incoming_compound (
  source_key text, name text, name_en text, datum text, geom_delivered geometry, geom geometry(multipolygon, 4326)
) on commit drop
