-- What was proposed and neither accepted nor discarded is of no use after a day.
with old as (
  delete from yike.tour t using yike.tour_plan p
  where p.id = t.plan_id and t.state = 'proposed' and p.made_at < now() - interval '1 day'
  returning t.id
)
select count(*) from old
