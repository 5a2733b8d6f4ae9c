create temporary table staged_gate (
  source_key text, name text, geom geometry(point, 4326)
) on commit drop
