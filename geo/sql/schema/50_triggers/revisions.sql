-- What processes keep in memory has a revision, raised by every statement that edits it.

create function yike.raise_revision() returns trigger
language plpgsql as $$
begin
  insert into yike.revision as r (topic) values (tg_argv[0])
  on conflict (topic) do update set value = r.value + 1;
  return null;
end
$$;

create trigger revise after insert or update or delete or truncate on yike.street
  for each statement execute function yike.raise_revision('network');
create trigger revise after insert or update or delete or truncate on yike.building
  for each statement execute function yike.raise_revision('homes');
create trigger revise after insert or update or delete or truncate on yike.entrance
  for each statement execute function yike.raise_revision('homes');
create trigger revise after insert or update or delete or truncate on yike.unit
  for each statement execute function yike.raise_revision('homes');
create trigger revise after insert or update or delete or truncate on yike.resident
  for each statement execute function yike.raise_revision('homes');
create trigger revise after insert or update or delete or truncate on yike.facility
  for each statement execute function yike.raise_revision('facilities');
create trigger revise after insert or update or delete or truncate on yike.device
  for each statement execute function yike.raise_revision('devices');
create trigger revise after insert or update or delete or truncate on yike.area
  for each statement execute function yike.raise_revision('areas');
