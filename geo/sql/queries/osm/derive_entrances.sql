-- A building whose entrance nobody mapped is entered where its outline is nearest to a street one can walk on.
with made as (
  insert into yike.entrance (origin, source_key, building_id, label, geom)
  select 'derived', 'derived:' || b.source_key, b.id, '1',
    st_transform(coalesce(
      (
        select st_closestpoint(st_boundary(b.geom_3857), s.geom_3857)
        from yike.street s
        where s.walk and not s.across and s.geom_3857 && st_expand(b.geom_3857, 400)
        order by s.geom_3857 <-> b.geom_3857, s.id
        limit 1
      ),
      st_pointonsurface(b.geom_3857)), 4326)
  from yike.building b
  where b.origin = 'imported' and not exists (select from yike.entrance e where e.building_id = b.id)
  returning 1
)
select count(*) from made
