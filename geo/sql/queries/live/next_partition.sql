select yike.ensure_telemetry_partition((now() at time zone 'UTC')::date + 1)
