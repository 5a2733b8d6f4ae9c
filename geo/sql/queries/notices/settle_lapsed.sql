-- Whoever was sending is gone. Where a repeat would not be noticed nobody is told twice; nor is a notice for ever begun.
update yike.notification n
set state = case when c.type = any (cast(:unrepeatable as text[])) then 'unsure' else 'failed' end,
  error = 'The process that was sending it ended.'
from yike.channel c
where c.id = n.channel_id and n.state = 'sending' and n.next_at <= clock_timestamp()
  and (c.type = any (cast(:unrepeatable as text[])) or n.attempts >= :most_attempts)
