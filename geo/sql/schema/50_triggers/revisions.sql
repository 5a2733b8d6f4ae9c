-- What processes keep in memory has a revision, raised by every statement that really edits it: an import of
-- what is there already changes nothing and makes nobody load anew.

create function yike.raise_revision() returns trigger
language plpgsql as $$
begin
  if exists (select from touched) then
    insert into yike.revision as r (topic) values (tg_argv[0])
    on conflict (topic) do update set value = r.value + 1;
  end if;
  return null;
end
$$;

do $$
declare
  watched record;
begin
  for watched in
    select * from (values
      ('street', 'network'), ('compound', 'network'), ('gate', 'network'), ('building', 'homes'),
      ('entrance', 'homes'), ('unit', 'homes'), ('resident', 'homes'), ('facility', 'facilities'),
      ('device', 'devices'), ('area', 'areas'), ('ground', 'ground')) as w(owner, topic)
  loop
    execute format('create trigger revise_inserted after insert on yike.%I referencing new table as touched
      for each statement execute function yike.raise_revision(%L)', watched.owner, watched.topic);
    execute format('create trigger revise_updated after update on yike.%I referencing new table as touched
      for each statement execute function yike.raise_revision(%L)', watched.owner, watched.topic);
    execute format('create trigger revise_deleted after delete on yike.%I referencing old table as touched
      for each statement execute function yike.raise_revision(%L)', watched.owner, watched.topic);
  end loop;
end
$$;
