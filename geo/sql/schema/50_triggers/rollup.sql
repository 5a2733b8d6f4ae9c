-- Whatever stores readings, by whatever way, says of which hours: see `roll_up_hour`.

create function yike.note_readings() returns trigger
language plpgsql as $$
begin
  insert into yike.telemetry_pending (hour, first_received_at, last_received_at)
  select date_trunc('hour', observed_at, 'UTC'), min(received_at), max(received_at) from touched group by 1;
  return null;
end
$$;

create trigger note_new after insert on yike.telemetry
  referencing new table as touched for each statement execute function yike.note_readings();
