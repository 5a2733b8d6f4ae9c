-- One scenario, or all named ones, the newest first. Stale: streets or facilities were edited since.
select s.id, s.name, s.edits, s.revision, s.made_by, s.made_at, s.edited_at,
  s.made_for <> (select coalesce(sum(r.value), 0) from yike.revision r where r.topic in ('network', 'facilities')) as is_stale
from yike.scenario s
where case when cast(:id as bigint) is null then s.name is not null else s.id = cast(:id as bigint) end
  and s.path >= :lower and s.path < :upper
order by s.edited_at desc, s.id desc
limit 500
