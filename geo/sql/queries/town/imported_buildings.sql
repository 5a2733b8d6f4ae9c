-- Imported buildings nobody lives in yet, grid by grid.
select b.id, b.use, b.floors, b.height_m, b.path, coalesce(b.address, b.name) as label, c.name as compound,
  st_asbinary(b.geom) as shape
from yike.building b
left join yike.compound c on c.id = b.compound_id
where b.origin = 'imported' and not exists (select from yike.unit u where u.building_id = b.id)
order by b.path, b.id
