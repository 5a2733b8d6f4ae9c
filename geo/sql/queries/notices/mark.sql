-- Only of the attempt that was made: one that outlived its lease changes nothing but that it was told after all.
update yike.notification
set state = :state, error = :error,
  sent_at = case when :state = 'sent' then clock_timestamp() end,
  next_at = clock_timestamp() + cast(:after_s as integer) * interval '1 second'
where id = :id and attempts = :attempts and (state = 'sending' or (state = 'unsure' and :state = 'sent'))
