-- The table is locked by now, so nobody draws from the sequence between the two calls.
select setval(seq, nextval(seq) + cast(:count as bigint) - 1) - cast(:count as bigint) + 1
from pg_get_serial_sequence(:table, 'id') as seq
