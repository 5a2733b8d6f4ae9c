create function yike.metric(readings jsonb, name text) returns double precision
language sql immutable parallel safe
begin atomic
  -- A measured number; true and false count as 1 and 0; anything else is no measurement.
  select case jsonb_typeof(readings -> name)
    when 'number' then (readings ->> name)::double precision
    when 'boolean' then (readings ->> name)::boolean::integer::double precision
  end;
end;
