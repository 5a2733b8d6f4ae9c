-- What bears the words asked for, areas first. `pattern` is escaped for LIKE by the caller.
select kind, id, name, detail, zoom, st_x(spot.point) as lon, st_y(spot.point) as lat
from (
  (
    select 'area' as kind, a.id, a.name, a.level as detail, a.geom as geom,
      case a.level when 'grid' then 16 when 'community' then 15 when 'subdistrict' then 13.5 else 12 end as zoom, 0 as rank
    from yike.area a
    where (a.name ilike :pattern or a.name_en ilike :pattern) and a.path >= :lower and a.path < :upper
    order by length(a.name), a.id
    limit 5
  )
  union all
  (
    select 'street', min(s.id), s.name, min(s.name_en), st_collect(s.geom), 16, 1
    from yike.street s
    where s.name ilike :pattern or s.name_en ilike :pattern
    group by s.name
    order by length(s.name), s.name
    limit 5
  )
  union all
  (
    select 'building', b.id, concat_ws(' ', c.name, b.name), b.address, b.geom, 17.5, 2
    from yike.building b
    left join yike.compound c on c.id = b.compound_id
    where (b.name ilike :pattern or b.address ilike :pattern or b.name_en ilike :pattern
        or c.name || b.name ilike :pattern or c.name || ' ' || b.name ilike :pattern)
      and b.path >= :lower and b.path < :upper
    order by length(b.name), b.id
    limit 6
  )
  union all
  (
    select 'device', d.id, d.name, d.external_id, d.geom, 18, 3
    from yike.device d
    where (d.external_id ilike :pattern or d.name ilike :pattern) and d.path >= :lower and d.path < :upper
    order by length(d.name), d.id
    limit 6
  )
  union all
  (
    select 'facility', f.id, f.name, k.name, f.geom, 17.5, 4
    from yike.facility f
    join yike.facility_category k on k.code = f.category
    where (f.name ilike :pattern or f.name_en ilike :pattern) and f.path >= :lower and f.path < :upper
    order by length(f.name), f.id
    limit 6
  )
) as found
cross join lateral (select st_pointonsurface(found.geom) as point) as spot
order by rank, length(name), id
