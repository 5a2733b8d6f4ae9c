-- The box of what is stored and no sample: streets and buildings.
select st_xmin(e.box) as west, st_ymin(e.box) as south, st_xmax(e.box) as east, st_ymax(e.box) as north
from (
  select st_extent(geom) as box
  from (
    select geom from yike.street where origin <> 'sample'
    union all
    select geom from yike.building where origin <> 'sample'
  ) as stored
) as e
where e.box is not null
