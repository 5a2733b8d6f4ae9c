-- By itself only where nobody has judged yet: no order ever went out, and it leads itself.
select i.closed_at is null and i.merged_into_id is null
  and not exists (select from yike.work_order w where w.incident_id = i.id) as wanted
from yike.incident i
where i.id = :incident
