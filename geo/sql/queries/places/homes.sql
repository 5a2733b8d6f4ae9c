-- Dwellings of a building (or the one asked for) with their people as they are stored; masked before they leave.
select u.id, e.label as entrance, u.floor, u.room, u.tenure,
  (
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'gender', r.gender,
      'age', date_part('year', age(r.born)), 'phone', r.phone, 'tags', to_jsonb(r.tags), 'contacts', (
        select coalesce(jsonb_agg(jsonb_build_object('name', k.name, 'relation', k.relation, 'phone', k.phone)
          order by k.priority), '[]')
        from yike.contact k where k.resident_id = r.id)
      ) order by r.born, r.id), '[]')
    from yike.resident r where r.unit_id = u.id and r.lives_here
  ) as residents
from yike.unit u
left join yike.entrance e on e.id = u.entrance_id
where u.building_id = :building
  and (cast(:unit as bigint) is null or u.id = :unit)
  and u.path >= :lower and u.path < :upper
order by e.label, u.floor, u.room, u.id
