-- Whoever knew the old one is signed out.
with changed as (
  update yike.account set password_hash = :password_hash where name = :name returning id
), gone as (
  delete from yike.session using changed where account_id = changed.id
)
select id from changed
