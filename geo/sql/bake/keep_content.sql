insert or ignore into content (digest, bytes) values (:digest, :bytes)
