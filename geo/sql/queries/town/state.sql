-- What stands: a sample town, imported buildings, sample homes in imported buildings.
select
  exists (select from yike.area where origin = 'sample') as has_town,
  exists (select from yike.building where origin = 'imported') as has_import,
  exists (
    select from yike.unit u join yike.building b on b.id = u.building_id
    where u.origin = 'sample' and b.origin <> 'sample'
  ) as is_furnished
