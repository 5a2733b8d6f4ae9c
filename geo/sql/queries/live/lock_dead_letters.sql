-- What somebody else runs again at this moment is theirs.
select id, reading
from yike.dead_letter
where cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[]))
order by id
limit :limit
for update skip locked
