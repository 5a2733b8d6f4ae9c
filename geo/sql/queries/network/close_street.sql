-- Close or open a street that lies, at least in part, in the scope; what stands already is left untouched.
with found as (
  select s.id, s.name, s.closed
  from yike.street s
  where s.id = :street and (:everywhere or exists (
    select from yike.area a
    where a.path >= :lower and a.path < :upper and st_intersects(a.geom_3857, s.geom_3857)))
), changed as (
  update yike.street s set closed = :closed
  from found where s.id = found.id and s.closed is distinct from :closed
  returning s.id
)
select found.id, found.name, exists (select from changed) as changed from found
