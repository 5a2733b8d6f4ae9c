-- What a roster that knows everything up to :seq does not know yet, numbered or not: all from one instant. Of a process
-- that lags far behind only the last numbers are looked at; it loads everything anyway.
select cast(c.epoch as text) as epoch, c.last_seq, extract(epoch from now()) as at,
  coalesce((select value from yike.revision where topic = 'network'), 0) as streets,
  coalesce((select value from yike.revision where topic = 'areas'), 0) as areas,
  (select min(seq) from yike.change where seq is not null) as oldest,
  t.workers, t.is_reset
from yike.live_clock c
cross join lateral (
  select coalesce(array_agg(distinct e.entity_id) filter (where e.entity = 'worker'), '{}') as workers,
    coalesce(bool_or(e.entity = 'reset'), false) as is_reset
  from (
    select entity, entity_id from yike.change where seq > greatest(:seq, c.last_seq - :most)
    union all
    select entity, entity_id from yike.change where seq is null
  ) as e
) as t
