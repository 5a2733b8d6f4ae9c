with place as (
  select st_setsrid(st_makepoint(:lon, :lat), 4326) as geom
),
opened as (
  insert into yike.incident (kind, title, severity, geom, path)
  select :kind, :title, :severity, geom, yike.path_at(geom) from place
  returning id
),
logged as (
  insert into yike.incident_log (incident_id, step, who) select id, 'opened', :who from opened
)
select id from opened
