delete from yike.notification
where at < now() - cast(:keep as interval) and state not in ('waiting', 'sending')
