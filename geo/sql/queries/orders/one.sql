select * from yike.order_details where id = :order and area >= :lower and area < :upper
