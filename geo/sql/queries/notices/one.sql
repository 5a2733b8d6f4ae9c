-- What is told, and why not to tell it any more. The title is the rule's or the category's: what somebody typed may
-- name people. The place is a building or an area, never a room.
select
  n.id, n.at, n.event, n.audience, n.attempts, n.incident_id, n.order_id, n.worker_id,
  c.id as channel_id, c.name as channel, c.type, c.url, c.secret, c.settings,
  i.severity, coalesce(r.name, g.name) as title, coalesce(r.name_en, g.name_en) as title_en,
  coalesce(h.place, a.name) as place, coalesce(h.place_en, a.name_en, a.name) as place_en,
  case n.audience when 'worker' then k.phone when 'elder' then p.phone when 'relative' then o.phone end as phone,
  case
    when not c.enabled then 'The channel is disabled.'
    when c.type <> 'file' and (starts_with(i.path, '~')
      or 'sample' = any (array[d.origin, t.origin, k.origin, p.origin, o.origin]))
      then 'Sample data stays in the trial file.'
    when n.event = 'opened' and i.closed_at is not null then 'The incident is closed.'
    when n.event in ('dispatched', 'escalated') and w.state in ('closed', 'returned', 'cancelled')
      then 'The order does not stand any more.'
    when n.event = 'dispatched' and n.audience = 'worker' and w.worker_id is distinct from n.worker_id
      then 'The order went to somebody else.'
    when n.audience = 'worker' and not k.on_duty then 'The worker is off duty.'
    when n.audience in ('elder', 'relative') and not p.lives_here then 'The resident does not live here any more.'
    when n.audience = 'elder' and p.phone is null then 'The resident has no phone.'
  end as skip
from yike.notification n
join yike.channel c on c.id = n.channel_id
join yike.incident i on i.id = n.incident_id
left join yike.rule r on r.id = i.rule_id
left join yike.incident_category g on g.code = i.category
left join yike.device d on d.id = i.device_id
left join yike.work_order w on w.id = n.order_id
left join yike.worker t on t.id = w.worker_id
left join yike.worker k on k.id = n.worker_id
left join yike.resident p on p.id = n.resident_id
left join yike.contact o on o.id = n.contact_id
left join lateral (
  select
    nullif(concat_ws(' ', case when starts_with(b.name, m.name) then null else m.name end,
      coalesce(b.name, b.address)), '') as place,
    nullif(concat_ws(' ', coalesce(m.name_en, m.name), coalesce(b.name_en, b.name, b.address)), '') as place_en
  from yike.building b left join yike.compound m on m.id = b.compound_id
  where b.id = d.building_id
) as h on true
left join lateral (
  select f.name, f.name_en from yike.area f
  where f.path <> '' and (f.path = i.path or starts_with(i.path, f.path || '/'))
  order by length(f.path) desc
  limit 1
) as a on true
where n.id = :id
