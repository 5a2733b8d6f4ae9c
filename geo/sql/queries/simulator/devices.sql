-- Sample devices with the first rule of their kind, which can turn each red.
select d.id, d.external_id, d.kind, k.heartbeat_s, r.metric, r.comparison, r.threshold, r.clearing
from yike.device d
join yike.device_kind k on k.code = d.kind
join lateral (
  select u.* from yike.rule u
  where u.kind = d.kind and u.enabled and u.type = 'threshold' and u.comparison <> 'outside'
  order by u.id
  limit 1
) as r on true
where d.origin = 'sample'
order by d.id
