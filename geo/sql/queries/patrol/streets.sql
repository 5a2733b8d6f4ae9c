-- What can be gone along on foot; a walk across a square is no street to look after.
select s.id
from yike.street s join yike.area a on a.path = :path
where s.walk and not s.across and st_intersects(s.geom_3857, a.geom_3857)
order by s.id
limit :limit
