-- Departments that workers name and nobody has entered.
with added as (
  insert into yike.department (origin, source_key, name)
  select distinct 'imported', 'table:department:' || i.department, i.department
  from incoming_worker i
  where i.department is not null
    and not exists (select from yike.department d where d.name = i.department and d.origin <> 'sample')
  on conflict (source_key) do nothing
  returning 1
)
select count(*) from added
