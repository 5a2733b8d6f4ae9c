delete from yike.alias l
where l.id = :id and exists (
  select from yike.finder f
  where f.kind = l.kind and f.ref_id = l.ref_id and f.phrase = l.name and (f.kind = 'street' or f.path >= :lower and f.path < :upper))
returning id
