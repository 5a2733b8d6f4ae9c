create temporary table incoming_device (
  source_key text, external_id text, kind text, name text, building_id bigint, unit_id bigint, floor smallint,
  gateway text, installed_at timestamptz, datum text, geom_delivered geometry, geom geometry(point, 4326)
) on commit drop
