-- A new scenario. Drafts that nobody touched for a day go at the same time.
with forgotten as (
  delete from yike.scenario where name is null and edited_at < now() - interval '1 day'
)
insert into yike.scenario (name, edits, made_for, made_by, path)
select :name, cast(:edits as jsonb), coalesce(sum(r.value), 0), :who, :path
from yike.revision r
where r.topic in ('network', 'facilities')
returning id
