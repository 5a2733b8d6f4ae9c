with place as (
  select geom, yike.path_at(geom) as path
  from (select st_setsrid(st_makepoint(:lon, :lat), 4326) as geom) as spot
),
opened as (
  insert into yike.incident (kind, title, severity, geom, path)
  select :kind, :title, :severity, geom, path from place where path >= :lower and path < :upper
  returning id
),
logged as (
  insert into yike.incident_log (incident_id, step, who) select id, 'opened', :who from opened
)
select id from opened
