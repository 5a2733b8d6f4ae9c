-- Who could make everything good again: administrators without an area who can sign in.
select id from yike.account
where role = 'admin' and area_id is null and disabled_at is null
order by id
for update
