select
  current_setting('server_version_num')::integer as version_num,
  current_setting('server_version') as version,
  (select default_version from pg_available_extensions where name = 'postgis') as postgis,
  exists (select from pg_available_extensions where name = 'pg_trgm') as has_trigrams
