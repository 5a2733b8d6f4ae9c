select id, first_day, days, unassigned, left_out, made_at, made_by, path
from yike.tour_plan
where id = :plan and path >= :lower and path < :upper
