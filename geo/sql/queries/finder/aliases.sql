select l.id, l.kind, l.ref_id, l.name
from yike.alias l
where (cast(:kind as text) is null or l.kind = :kind) and (cast(:ref_id as bigint) is null or l.ref_id = :ref_id)
  and exists (
    select from yike.finder f
    where f.kind = l.kind and f.ref_id = l.ref_id and f.phrase = l.name and (f.kind = 'street' or f.path >= :lower and f.path < :upper))
  and l.id > :after
order by l.id
limit :limit
