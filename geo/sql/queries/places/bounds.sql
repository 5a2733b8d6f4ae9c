-- The service area: all areas in the scope; where there are none, whatever is drawn.
select coalesce(
  (select yike.extent(st_extent(geom)) from yike.area where path >= :lower and path < :upper),
  (select yike.extent(st_extent(geom)) from yike.street)) as bounds
