with place as (
  select geom, yike.path_at(geom) as path
  from (select st_setsrid(st_makepoint(:lon, :lat), 4326) as geom) as spot
),
opened as (
  insert into yike.incident (kind, title, severity, category, department_id, geom, path)
  select :kind, :title, coalesce(cast(:severity as smallint), c.severity, 2), c.code,
    yike.department_for(c.code, place.path), geom, path
  from place left join yike.incident_category c on c.code = cast(:category as text)
  where path >= :lower and path < :upper
  returning id
),
logged as (
  insert into yike.incident_log (incident_id, step, who) select id, 'opened', :who from opened
)
select id from opened
