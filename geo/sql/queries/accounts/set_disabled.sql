with changed as (
  update yike.account
  set disabled_at = case when :disabled then coalesce(disabled_at, now()) end
  where name = :name
  returning id
), gone as (
  delete from yike.session using changed where account_id = changed.id and :disabled
)
select id from changed
