-- Buildings of a number, or these ones, with an entrance and a dwelling where these are asked for; in these compounds, or (null) anywhere.
select b.id as building_id, e.id as entrance_id, u.id as unit_id
from yike.building b
left join yike.compound c on c.id = b.compound_id
left join lateral (
  select e.id from yike.entrance e
  where e.building_id = b.id and upper(e.label) = upper(:entrance)
) as e on true
left join lateral (
  select u.id from yike.unit u
  where u.building_id = b.id and upper(u.room) = upper(:room)
    and (cast(:entrance as text) is null or u.entrance_id = e.id)
  order by u.entrance_id
  limit 1
) as u on true
where (
    -- An address has a number of its own, whatever the building is called.
    b.id = any (cast(:buildings as bigint[]))
    or cast(:buildings as bigint[]) is null and ltrim(substring(b.name, '[0-9]+'::text), '0'::text) = :number
  )
  and (cast(:compounds as bigint[]) is null or b.compound_id = any (cast(:compounds as bigint[])))
  and b.path >= :lower and b.path < :upper
  and (cast(:entrance as text) is null or e.id is not null)
  and (cast(:room as text) is null or u.id is not null)
order by array_position(cast(:compounds as bigint[]), b.compound_id), length(b.name), c.name, b.id
limit :limit
