select k.code, k.device_class, k.name, k.name_en, k.glyph, k.heartbeat_s,
  r.name as rule, r.name_en as rule_en, r.metric, r.clearing, r.severity
from yike.device_kind k
left join lateral (
  select u.* from yike.rule u where u.kind = k.code and u.enabled and u.type = 'threshold' order by u.id limit 1
) as r on true
order by k.sort
