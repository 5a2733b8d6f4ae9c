-- Answers while the connection, and with it the lock, stands.
select 1
