delete from yike.session where token_sha256 = :digest
