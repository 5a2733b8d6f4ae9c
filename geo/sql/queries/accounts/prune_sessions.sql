delete from yike.session where expires_at < now()
