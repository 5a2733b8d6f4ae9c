select k.code, k.device_class, k.name, k.name_en, k.glyph, k.heartbeat_s,
  r.name as rule, r.name_en as rule_en, r.metric, r.clearing, r.severity
from yike.device_kind k
left join yike.rule r on r.kind = k.code and r.enabled
order by k.sort
