create temporary table staged_facility (
  source_key text, category text, name text, name_en text, capacity integer, opening_hours text,
  geom geometry(point, 4326)
) on commit drop
