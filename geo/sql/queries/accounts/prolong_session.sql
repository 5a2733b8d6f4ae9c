update yike.session set expires_at = now() + :lasts_s * interval '1 second' where token_sha256 = :digest
