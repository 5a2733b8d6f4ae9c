select id, name from yike.source where key_sha256 = :digest and disabled_at is null
