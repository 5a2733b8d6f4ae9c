-- Sample devices with the rule that can turn each red.
select d.id, d.external_id, d.kind, k.heartbeat_s, r.metric, r.comparison, r.threshold, r.clearing
from yike.device d
join yike.device_kind k on k.code = d.kind
join yike.rule r on r.kind = d.kind and r.enabled
where d.origin = 'sample'
order by d.id
