update yike.channel c
set name = :name, url = :url, secret = :secret, settings = cast(:settings as jsonb), events = :events,
  audiences = :audiences, min_severity = :min_severity, enabled = :enabled, path = :path, edited_by = :who,
  edited_at = now()
where c.id = :id and not exists (select from yike.channel o where o.name = :name and o.id <> :id)
returning c.id
