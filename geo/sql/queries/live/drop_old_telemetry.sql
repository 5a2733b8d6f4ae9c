select yike.drop_telemetry_before(current_date - cast(:days as integer))
