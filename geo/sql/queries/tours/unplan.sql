with gone as (
  update yike.visit set state = 'unplanned', reason = :reason where id = :visit and state = 'planned'
  returning id, day
)
insert into yike.visit_log (visit_id, step, who, note, day)
select id, 'unplanned', :who, :reason, day from gone
