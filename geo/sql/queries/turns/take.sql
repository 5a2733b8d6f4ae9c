-- Held until the connection ends.
select pg_try_advisory_lock(hashtextextended('yike ' || cast(:name as text), 0))
