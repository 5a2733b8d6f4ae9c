select yike.drop_rollups_before(current_date - cast(:days as integer))
