copy pg_temp.reading (i, device, observed_at, readings, reading_id) from stdin
