create function yike.roster_changes(
  known_seq bigint, most bigint,
  out epoch text, out last_seq bigint, out at double precision, out streets bigint, out areas bigint,
  out oldest bigint, out workers bigint[], out is_reset boolean)
language plpgsql stable as $$
-- What a roster that knows everything up to known_seq does not know yet, numbered or not: all from one instant, since
-- a stable function sees what the statement sees that calls it. Of a process that lags far behind only the last numbers
-- are looked at; it loads everything anyway. A function, because it is asked before every answer and its plan is kept.
begin
  select cast(c.epoch as text), c.last_seq into epoch, last_seq from yike.live_clock c;
  at := extract(epoch from now());
  streets := coalesce((select value from yike.revision where topic = 'network'), 0);
  areas := coalesce((select value from yike.revision where topic = 'areas'), 0);
  oldest := (select min(seq) from yike.change where seq is not null);
  select coalesce(array_agg(distinct e.entity_id) filter (where e.entity = 'worker'), '{}'),
    coalesce(bool_or(e.entity = 'reset'), false)
  into workers, is_reset
  from (
    select entity, entity_id from yike.change where seq > greatest(known_seq, last_seq - most)
    union all
    select entity, entity_id from yike.change where seq is null
  ) as e;
end;
$$;
