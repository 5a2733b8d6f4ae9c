create temporary table staged_street_node (
  source_key text, lon double precision, lat double precision
) on commit drop
