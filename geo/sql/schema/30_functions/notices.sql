create function yike.tell(what text, of_incident bigint, of_order bigint) returns void
language plpgsql as $$
-- Puts into the outbox whom each channel is to tell. Nobody is told the same twice: the unique key decides. What is
-- about sample people stays in the trial file; nobody off duty is paged.
begin
  insert into yike.notification (event, audience, channel_id, incident_id, order_id, worker_id, resident_id, contact_id)
  select what, r.audience, c.id, i.id, of_order, r.worker_id, r.resident_id, r.contact_id
  from yike.incident i
  left join yike.device d on d.id = i.device_id
  left join yike.work_order w on w.id = of_order
  left join yike.worker k on k.id = w.worker_id
  join yike.channel c
    on c.enabled and what = any (c.events) and i.severity >= c.min_severity
    and (c.path = '' or i.path = c.path or starts_with(i.path, c.path || '/'))
    and (c.type = 'file' or not (starts_with(i.path, '~') or coalesce(d.origin, k.origin, '') = 'sample'))
  cross join lateral (
    select 'duty' as audience, null::bigint as worker_id, null::bigint as resident_id, null::bigint as contact_id
    where what in ('opened', 'escalated')
    union all
    select 'supervisor', null, null, null where what = 'escalated'
    union all
    select 'worker', k.id, null, null where what in ('dispatched', 'closed') and k.on_duty
    union all
    select 'elder', null, p.id, null
    from yike.resident p
    where what in ('dispatched', 'closed') and p.unit_id = d.unit_id and p.lives_here and p.phone is not null
      and (p.born <= current_date - interval '60 years' or cardinality(p.tags) > 0)
    union all
    select 'relative', null, p.id, o.id
    from yike.resident p join yike.contact o on o.resident_id = p.id
    where what in ('dispatched', 'closed') and p.unit_id = d.unit_id and p.lives_here
      and (p.born <= current_date - interval '60 years' or cardinality(p.tags) > 0)
  ) as r
  where i.id = of_incident and r.audience = any (c.audiences)
    -- Who was never told that somebody comes need not hear that it is over.
    and (what <> 'closed' or exists (
      select from yike.notification n
      where n.incident_id = of_incident and n.event = 'dispatched' and n.audience = r.audience
        and n.channel_id = c.id))
  on conflict on constraint uq_notification_once do nothing;
end
$$;

comment on function yike.tell(text, bigint, bigint) is 'Fills the outbox with whom to tell of an incident or its order';
