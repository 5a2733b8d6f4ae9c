-- Which tiles changed, by whatever way: once a statement, over its transition tables, in the same transaction.

create function yike.log_tiles() returns trigger
language plpgsql as $$
-- Arguments: what a tile shows of a row or a filter on tiles may ask for, whose path decides who hears of it, and where it is drawn (`r` is the row).
declare
  touched_rows text;
  paths text[];
  shapes geometry[];
begin
  if tg_op = 'TRUNCATE' then
    insert into yike.change (entity, payload) values ('tiles', jsonb_build_array(tg_table_name, '*'));
    return null;
  end if;
  touched_rows := case
    when tg_op = 'UPDATE' then format(
      'select c.path, c.shape
       from new_row n
       join old_row o on o.id = n.id
       cross join lateral (values (%s, %s), (%s, %s)) as c(path, shape)
       where (%s) is distinct from (%s)',
      replace(tg_argv[1], 'r.', 'o.'), replace(tg_argv[2], 'r.', 'o.'),
      replace(tg_argv[1], 'r.', 'n.'), replace(tg_argv[2], 'r.', 'n.'),
      replace(tg_argv[0], 'r.', 'o.'), replace(tg_argv[0], 'r.', 'n.'))
    else format('select %s, %s from touched r', tg_argv[1], tg_argv[2])
    end;
  execute format(
    'select array_agg(t.path), array_agg(t.shape) from (%s limit %s) as t(path, shape)',
    touched_rows, 2 * yike.most_tiles() + 1) into paths, shapes;
  if shapes is not null then
    perform yike.note_tiles(tg_table_name, paths, shapes);
  end if;
  return null;
end
$$;

create function yike.log_device_classes() returns trigger
language plpgsql as $$
begin
  -- A device's tile shows the class of its kind.
  if exists (
    select from new_row n join old_row o on o.code = n.code where n.device_class is distinct from o.device_class
  ) then
    insert into yike.change (entity, payload) values ('tiles', jsonb_build_array('device', '*'));
  end if;
  return null;
end
$$;

create trigger log_classes after update on yike.device_kind
  referencing new table as new_row old table as old_row
  for each statement execute function yike.log_device_classes();

do $$
declare
  drawn record;
begin
  for drawn in
    select * from (values
      ('area', 'r.level, r.name, r.name_en, r.path, r.parent_id, r.official_code, r.origin, r.geom_3857',
        '''''', 'r.geom_3857'),
      ('ground', 'r.kind, r.name, r.name_en, r.origin, r.geom_3857',
        '''''', 'r.geom_3857'),
      ('street',
        'r.street_class, r.name, r.name_en, r.length_m, r.walk, r.cycle, r.drive, r.oneway_drive, r.steps, r.bridge, r.tunnel,
          r.closed, r.across, r.origin, r.geom_3857',
        '''''', 'case when not r.across then r.geom_3857 end'),
      ('building',
        'r.use, r.floors, r.height_m, r.has_lift, r.name, r.name_en, r.address, r.compound_id, r.path, r.origin, r.geom_3857',
        '''''', 'r.geom_3857'),
      ('facility',
        'r.category, r.name, r.name_en, r.capacity, r.opening_hours, r.building_id, r.path, r.origin, r.geom_3857',
        '''''', 'r.geom_3857'),
      -- All other layers are public.
      ('device',
        'r.external_id, r.kind, r.name, r.floor, r.building_id, r.installed_at, r.path, r.origin, r.geom_3857',
        'r.path', 'r.geom_3857')
    ) as d(layer, shown, path, shape)
  loop
    execute format('create trigger log_tiles_new after insert on yike.%I referencing new table as touched
      for each statement execute function yike.log_tiles(%L, %L, %L)', drawn.layer, drawn.shown, drawn.path, drawn.shape);
    execute format('create trigger log_tiles_changed after update on yike.%I
      referencing new table as new_row old table as old_row
      for each statement execute function yike.log_tiles(%L, %L, %L)', drawn.layer, drawn.shown, drawn.path, drawn.shape);
    execute format('create trigger log_tiles_gone after delete on yike.%I referencing old table as touched
      for each statement execute function yike.log_tiles(%L, %L, %L)', drawn.layer, drawn.shown, drawn.path, drawn.shape);
    execute format('create trigger log_tiles_cleared after truncate on yike.%I
      for each statement execute function yike.log_tiles()', drawn.layer);
  end loop;
end
$$;
