-- Water and green within a box in degrees, for the backdrop of a map; small patches are left out.
select kind, st_asbinary(st_simplifypreservetopology(geom_3857, 2)) as outline
from yike.ground
where kind in ('water', 'green') and geom_3857 && yike.box_3857(:west, :south, :east, :north)
  and st_area(geom_3857) > 200
