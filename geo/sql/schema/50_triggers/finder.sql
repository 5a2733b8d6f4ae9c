-- What can be found follows what is written, by whatever way: once a statement, over its transition table.

create function yike.find_inserted() returns trigger
language plpgsql as $$
begin
  perform yike.refresh_finder(tg_table_name, (select array_agg(id) from touched));
  return null;
end
$$;

create function yike.find_deleted() returns trigger
language plpgsql as $$
begin
  delete from yike.alias where kind = tg_table_name and ref_id in (select id from touched);
  perform yike.refresh_finder(tg_table_name, (select array_agg(id) from touched));
  return null;
end
$$;

create function yike.find_updated() returns trigger
language plpgsql as $$
declare
  ids bigint[];
begin
  -- Most updates touch nothing that anything is found by; of the rest most say where it lies.
  execute format(
    'select array_agg(n.id) from new_row n join old_row o on o.id = n.id where (%s) is distinct from (%s)',
    tg_argv[0], replace(tg_argv[0], 'n.', 'o.')) into ids;
  perform yike.refresh_finder(tg_table_name, ids);
  execute 'update yike.finder f set path = n.path
    from new_row n join old_row o on o.id = n.id
    where o.path <> n.path and f.kind = $1 and f.ref_id = n.id and f.path <> n.path' using tg_table_name;
  return null;
end
$$;

create function yike.find_aliases() returns trigger
language plpgsql as $$
begin
  perform yike.refresh_finder(t.kind, array_agg(t.ref_id)) from touched t group by t.kind;
  return null;
end
$$;

create function yike.find_streets() returns trigger
language plpgsql as $$
begin
  -- Another piece may stand for the name now.
  perform yike.refresh_finder('street', h.ids)
  from (
    select array_agg(s.id) as ids
    from (
      select id from touched
      union
      select o.id from yike.street o where o.name in (select t.name from touched t)
    ) as s
  ) as h
  where h.ids is not null;
  return null;
end
$$;

create function yike.find_renamed_streets() returns trigger
language plpgsql as $$
begin
  perform yike.refresh_finder('street', h.ids)
  from (
    select array_agg(s.id) as ids
    from yike.street s
    where s.name in (
        select unnest(array[o.name, n.name])
        from new_row n join old_row o on o.id = n.id
        where (n.name, n.name_en) is distinct from (o.name, o.name_en)
      )
      or s.id in (
        select n.id from new_row n join old_row o on o.id = n.id
        where n.name is null and o.name is not null
      )
  ) as h
  where h.ids is not null;
  return null;
end
$$;

do $$
declare
  watched record;
begin
  for watched in
    select * from (values
      ('area', 'n.name, n.name_en, n.official_code'), ('compound', 'n.name, n.name_en'),
      ('building', 'n.name, n.name_en, n.address'), ('facility', 'n.name, n.name_en'),
      ('device', 'n.name, n.external_id')) as w(owner, said)
  loop
    execute format('create trigger find_inserted after insert on yike.%I referencing new table as touched
      for each statement execute function yike.find_inserted()', watched.owner);
    execute format('create trigger find_updated after update on yike.%I referencing new table as new_row
      old table as old_row for each statement execute function yike.find_updated(%L)', watched.owner, watched.said);
    execute format('create trigger find_deleted after delete on yike.%I referencing old table as touched
      for each statement execute function yike.find_deleted()', watched.owner);
  end loop;
end
$$;

create trigger find_inserted after insert on yike.alias
  referencing new table as touched for each statement execute function yike.find_aliases();
create trigger find_renamed after update on yike.alias
  referencing old table as touched for each statement execute function yike.find_aliases();
create trigger find_updated after update on yike.alias
  referencing new table as touched for each statement execute function yike.find_aliases();
create trigger find_deleted after delete on yike.alias
  referencing old table as touched for each statement execute function yike.find_aliases();
create trigger find_inserted after insert on yike.street
  referencing new table as touched for each statement execute function yike.find_streets();
create trigger find_deleted after delete on yike.street
  referencing old table as touched for each statement execute function yike.find_streets();
create trigger find_updated after update on yike.street
  referencing new table as new_row old table as old_row
  for each statement execute function yike.find_renamed_streets();
