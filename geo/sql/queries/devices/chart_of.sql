-- What a device's chart is of: the metric asked for or the one its kind's first rule judges, and where that rule draws
-- the line.
select d.id, k.heartbeat_s, coalesce(cast(:metric as text), first.metric) as metric, limits.comparison, limits.threshold
from yike.device d
join yike.device_kind k on k.code = d.kind
left join lateral (
  select r.metric
  from yike.rule r
  where r.kind = d.kind and r.enabled and r.type = 'threshold'
  order by r.id
  limit 1
) as first on true
left join lateral (
  select r.comparison, r.threshold
  from yike.rule r
  where r.kind = d.kind and r.enabled and r.type = 'threshold' and r.comparison <> 'outside'
    and r.metric = coalesce(cast(:metric as text), first.metric)
  order by r.id
  limit 1
) as limits on true
where d.id = :device and d.path >= :lower and d.path < :upper
