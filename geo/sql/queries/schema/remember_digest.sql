-- COMMENT takes no parameters, hence format() with a quoted literal.
do $$
begin
  execute format('comment on schema yike is %L', current_setting('yike.schema_comment'));
end
$$
