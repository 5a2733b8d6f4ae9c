with told as (
  update yike.dead_letter d
  set reason = r.reason
  from jsonb_to_recordset(cast(:letters as jsonb)) as r(id bigint, reason text)
  where d.id = r.id
)
select count(*) from yike.dead_letter
