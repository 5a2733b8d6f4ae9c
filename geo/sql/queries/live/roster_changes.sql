-- What a roster that knows everything up to :seq does not know yet.
select epoch, last_seq, at, streets, areas, oldest, workers, is_reset
from yike.roster_changes(cast(:seq as bigint), cast(:most as bigint))
