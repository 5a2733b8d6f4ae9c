select id, name, name_en from yike.building where id = any (:ids)
