select id, path from yike.area
where path = :path or id = cast(:id as bigint)
order by path = :path desc
limit 1
