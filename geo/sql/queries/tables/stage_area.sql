create temporary table incoming_area (
  source_key text, parent_id bigint, level text, label text, name text, name_en text, official_code text,
  geom geometry(multipolygon, 4326)
) on commit drop
