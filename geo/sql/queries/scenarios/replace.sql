update yike.scenario s
set name = coalesce(:name, s.name), edits = cast(:edits as jsonb), revision = s.revision + 1, edited_at = now(),
  made_for = (select coalesce(sum(r.value), 0) from yike.revision r where r.topic in ('network', 'facilities'))
where s.id = :id and s.path >= :lower and s.path < :upper
returning s.id
