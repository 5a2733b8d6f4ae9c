select level, path, name, st_asbinary(geom) as shape
from yike.area
where origin <> 'sample'
order by path
