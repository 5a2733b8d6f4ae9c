-- What a rule found in a reading. Between breach and recovery lies what changes nothing.
create type yike.verdict as (
  device_id bigint, rule_id bigint, observed_at timestamptz, value double precision, is_breach boolean,
  is_recovered boolean
);
