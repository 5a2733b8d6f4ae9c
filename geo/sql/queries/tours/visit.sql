select d.*
from yike.visit_details d
left join yike.worker k on k.id = d.worker_id
where d.id = :visit and d.area >= :lower and d.area < :upper
