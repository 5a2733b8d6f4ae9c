-- Rules that hold somewhere in the scope: of its own areas, and of those above it.
select v.id, v.tag, v.every_days, v.visit_s, v.priority, v.skill, v.enabled, v.path as area, a.name as area_name, v.edited_at,
  v.edited_by, v.path >= :lower and v.path < :upper as editable,
  (
    select count(distinct r.unit_id) from yike.resident r
    where r.tags @> array[v.tag] and r.lives_here and r.path >= :lower and r.path < :upper
      and r.path >= v.path and (v.path = '' or r.path < v.path || '0')
  ) as homes
from yike.visit_rule v
left join yike.area a on a.path = v.path
where (cast(:rule as bigint) is null or v.id = :rule)
  and (v.path >= :lower and v.path < :upper or v.path = '' or starts_with(:lower, v.path || '/'))
order by v.priority desc, v.tag, v.path
