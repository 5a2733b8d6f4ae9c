select
  current_setting('server_version') as server,
  (select extversion from pg_extension where extname = 'postgis') as postgis,
  to_regclass('yike.alembic_version') is not null as has_tables,
  obj_description(to_regnamespace('yike')::oid, 'pg_namespace') as schema_comment
