select distinct channel_id from yike.notification where state in ('waiting', 'sending') and next_at <= clock_timestamp()
