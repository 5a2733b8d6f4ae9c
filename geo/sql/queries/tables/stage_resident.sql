create temporary table incoming_resident (
  source_key text, unit_id bigint, name text, gender text, born date, phone text, is_registered boolean,
  lives_here boolean, tags text[]
) on commit drop
