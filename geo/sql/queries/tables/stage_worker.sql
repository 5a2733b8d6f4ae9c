create temporary table incoming_worker (
  source_key text, name text, phone text, department text, on_duty boolean, profile text, path text,
  geom geometry(point, 4326)
) on commit drop
