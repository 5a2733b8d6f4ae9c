-- What stands only for a while leaves its trace here, by whatever way it came and went: silences, and where workers were.

create function yike.begin_silences() returns trigger
language plpgsql as $$
begin
  insert into yike.silence (device_id, since, marked_at)
  select device_id, since, clock_timestamp() from touched
  on conflict (device_id) where until is null do nothing;
  return null;
end
$$;

create function yike.end_silences() returns trigger
language plpgsql as $$
begin
  update yike.silence s set until = clock_timestamp()
  from touched t where s.device_id = t.device_id and s.until is null;
  return null;
end
$$;

create trigger keep_silence after insert on yike.device_offline
  referencing new table as touched for each statement execute function yike.begin_silences();
create trigger keep_return after delete on yike.device_offline
  referencing old table as touched for each statement execute function yike.end_silences();

create function yike.track_workers() returns trigger
language plpgsql as $$
begin
  insert into yike.worker_track (worker_id, at, observed_at, geom)
  select worker_id, clock_timestamp(), observed_at, geom from touched;
  return null;
end
$$;

create trigger track_new after insert on yike.worker_position
  referencing new table as touched for each statement execute function yike.track_workers();
create trigger track_changed after update on yike.worker_position
  referencing new table as touched for each statement execute function yike.track_workers();
