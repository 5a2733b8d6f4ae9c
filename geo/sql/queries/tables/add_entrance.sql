-- An entrance that a list of units names and no map shows: where its building is entered already.
insert into yike.entrance (origin, source_key, building_id, label, geom)
select 'derived', 'derived:table:' || b.id || '/' || cast(:label as text), b.id, :label,
  coalesce(
    (select e.geom from yike.entrance e where e.building_id = b.id order by e.id limit 1),
    st_pointonsurface(b.geom))
from yike.building b
where b.id = :building
returning id
