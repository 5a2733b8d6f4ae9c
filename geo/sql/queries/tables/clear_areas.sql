delete from incoming_area
