-- Views, functions, triggers (which go with their functions) and composite types of the schema
-- hold no data; all of them are made anew from geo/sql/schema. Nothing of an extension is touched.
do $$
declare
  statement text;
begin
  -- The list is made whole before the first drop: a cascade may take later entries with it.
  foreach statement in array coalesce((
    select array_agg(line) from (
      select format('drop view if exists %s cascade', c.oid::regclass) as line
      from pg_class c
      where c.relnamespace = to_regnamespace('yike') and c.relkind = 'v'
      union all
      select format('drop routine if exists %s cascade', p.oid::regprocedure)
      from pg_proc p
      where p.pronamespace = to_regnamespace('yike')
      union all
      select format('drop type if exists %s cascade', t.oid::regtype)
      from pg_type t join pg_class c on c.oid = t.typrelid
      where t.typnamespace = to_regnamespace('yike') and c.relkind = 'c'
    ) as lines), array[]::text[])
  loop
    execute statement;
  end loop;
end
$$
