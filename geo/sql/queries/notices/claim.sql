-- The gravest first. A lapsed lease is taken over; while one stands, the channel is in use.
update yike.notification n
set state = 'sending', attempts = n.attempts + 1,
  next_at = clock_timestamp() + cast(:lease_s as integer) * interval '1 second'
where n.id = (
  select q.id
  from yike.notification q join yike.incident i on i.id = q.incident_id
  where q.channel_id = :channel and q.state in ('waiting', 'sending') and q.next_at <= clock_timestamp()
    and not exists (
      select from yike.notification b
      where b.channel_id = :channel and b.state = 'sending' and b.next_at > clock_timestamp())
    and (cast(:per_minute as integer) is null or :per_minute > (
      select count(*) from yike.notification s
      where s.channel_id = :channel and s.sent_at > clock_timestamp() - interval '1 minute'))
  order by i.severity desc, q.id
  limit 1
  for update of q skip locked
)
returning n.id
