select external_id from yike.device where external_id = any(cast(:ids as text[]))
