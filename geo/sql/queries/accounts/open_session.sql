insert into yike.session (token_sha256, account_id, expires_at)
values (:digest, :account, now() + :lasts_s * interval '1 second')
