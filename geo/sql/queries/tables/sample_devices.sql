select d.external_id from yike.device d where d.external_id = any(:ids) and d.origin = 'sample'
