-- A day that is not rolled up yet stays until it is.
select yike.drop_telemetry_before(least(
  current_date - cast(:days as integer),
  (select min((p.hour at time zone 'UTC')::date) from yike.telemetry_pending p)))
