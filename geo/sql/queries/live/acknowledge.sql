with seen as (
  update yike.incident set acknowledged_at = coalesce(acknowledged_at, now())
  where id = :incident and closed_at is null and path >= :lower and path < :upper
  returning id
)
insert into yike.incident_log (incident_id, step, who) select id, 'acknowledged', :who from seen returning id
