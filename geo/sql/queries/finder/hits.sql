-- What was found, in its order: what it is called and where one goes for it. That is an entrance wherever one is known.
with wanted as (
  select * from unnest(cast(:kinds as text[]), cast(:ids as bigint[])) with ordinality as w(kind, id, place)
),
hit as (
  select w.place, w.kind, a.id, a.name, a.level as detail, null::bigint as building_id, st_pointonsurface(a.geom) as goal,
    'place' as at, case a.level when 'grid' then 16.0::float8 when 'community' then 15 when 'subdistrict' then 13.5 else 12 end as zoom
  from wanted w join yike.area a on a.id = w.id
  where w.kind = 'area'
  union all
  select w.place, w.kind, c.id, c.name, c.name_en, null, coalesce(g.geom, st_pointonsurface(c.geom)),
    case when g.geom is null then 'place' else 'gate' end, 17
  from wanted w
  join yike.compound c on c.id = w.id
  left join lateral (select g.geom from yike.gate g where g.compound_id = c.id order by g.id limit 1) as g on true
  where w.kind = 'compound'
  union all
  select w.place, w.kind, s.id, s.name, s.name_en, null, st_closestpoint(whole.line, st_centroid(whole.line)), 'place', 16
  from wanted w
  join yike.street s on s.id = w.id
  cross join lateral (select st_collect(o.geom) as line from yike.street o where o.name = s.name) as whole
  where w.kind = 'street'
    -- Streets cross areas and carry no path: who may see an area only sees those that touch it.
    and (:lower = '' or exists (
      select from yike.area a
      where a.path >= :lower and a.path < :upper
        and (a.path = :lower or a.parent_id is null)
        and st_intersects(a.geom, whole.line)))
  union all
  select w.place, w.kind, b.id, coalesce(nullif(concat_ws(' ', c.name, b.name), ''), b.address),
    b.address, b.id, coalesce(e.geom, st_pointonsurface(b.geom)),
    case when e.geom is null then 'place' else 'entrance' end, 18
  from wanted w
  join yike.building b on b.id = w.id
  left join yike.compound c on c.id = b.compound_id
  left join lateral (select e.geom from yike.entrance e where e.building_id = b.id order by e.label limit 1) as e on true
  where w.kind = 'building'
  union all
  select w.place, w.kind, e.id, concat_ws(' ', c.name, b.name, e.label || '单元'), b.address, b.id, e.geom, 'entrance', 18
  from wanted w
  join yike.entrance e on e.id = w.id
  join yike.building b on b.id = e.building_id
  left join yike.compound c on c.id = b.compound_id
  where w.kind = 'entrance'
  union all
  select w.place, w.kind, u.id, concat_ws(' ', c.name, b.name, e.label || '单元', u.room), b.address, b.id,
    coalesce(e.geom, st_pointonsurface(b.geom)), case when e.geom is null then 'place' else 'entrance' end, 18
  from wanted w
  join yike.unit u on u.id = w.id
  join yike.building b on b.id = u.building_id
  left join yike.compound c on c.id = b.compound_id
  left join yike.entrance e on e.id = u.entrance_id
  where w.kind = 'unit'
  union all
  select w.place, w.kind, d.id, d.name, d.external_id, d.building_id, coalesce(e.geom, d.geom),
    case when e.geom is null then 'place' else 'entrance' end, 18
  from wanted w
  join yike.device d on d.id = w.id
  left join yike.unit u on u.id = d.unit_id
  left join lateral (
    select e.geom from yike.entrance e
    where e.building_id = d.building_id
    order by e.id = u.entrance_id desc nulls last, e.geom <-> d.geom
    limit 1
  ) as e on true
  where w.kind = 'device'
  union all
  select w.place, w.kind, f.id, coalesce(f.name, f.name_en), k.name, f.building_id, coalesce(e.geom, f.geom),
    case when e.geom is null then 'place' else 'entrance' end, 17.5
  from wanted w
  join yike.facility f on f.id = w.id
  join yike.facility_category k on k.code = f.category
  left join lateral (
    select e.geom from yike.entrance e where e.building_id = f.building_id order by e.geom <-> f.geom limit 1
  ) as e on true
  where w.kind = 'facility'
)
select place, kind, id, name, detail, building_id, at, zoom, st_x(goal) as lon, st_y(goal) as lat
from hit
where name is not null
order by place
