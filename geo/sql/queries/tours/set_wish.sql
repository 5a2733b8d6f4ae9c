insert into yike.visit_wish (unit_id, opens, closes, weekdays, note, edited_by)
select u.id, cast(:opens as time), cast(:closes as time), :weekdays, :note, :who
from yike.unit u where u.id = :unit and u.path >= :lower and u.path < :upper
on conflict (unit_id) do update
set opens = excluded.opens, closes = excluded.closes, weekdays = excluded.weekdays, note = excluded.note,
  edited_at = clock_timestamp(), edited_by = excluded.edited_by
returning unit_id
