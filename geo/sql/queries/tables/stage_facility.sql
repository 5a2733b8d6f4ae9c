create temporary table incoming_facility (
  source_key text, category text, name text, name_en text, building_id bigint, capacity integer, opening_hours text,
  datum text, geom_delivered geometry, geom geometry(point, 4326)
) on commit drop
