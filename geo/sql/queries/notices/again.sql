update yike.notification
set state = 'waiting', attempts = 0, next_at = clock_timestamp(), error = null
where id = :id and state in ('failed', 'unsure')
returning id
