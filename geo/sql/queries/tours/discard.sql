-- A proposal goes whole. Of a tour that was accepted what has been done, or tried, stays.
with open as (
  delete from yike.visit v using yike.tour t
  where t.id = v.tour_id and t.id = any (cast(:tours as bigint[])) and v.state in ('planned', 'unplanned')
  returning v.id
)
select count(*) from open
