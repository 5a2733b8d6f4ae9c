select source_key, id from yike.street_node where source_key = any (:keys)
