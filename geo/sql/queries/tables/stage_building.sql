create temporary table incoming_building (
  source_key text, compound_id bigint, name text, name_en text, address text, use text, floors smallint,
  height_m double precision, has_lift boolean, datum text, geom_delivered geometry, geom geometry(multipolygon, 4326)
) on commit drop
