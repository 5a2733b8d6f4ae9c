select c.code
from yike.facility_category c
where exists (select from yike.facility f where f.category = c.code)
order by c.sort
limit 1
