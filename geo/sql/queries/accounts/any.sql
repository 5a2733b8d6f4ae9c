select exists (select from yike.account where disabled_at is null)
