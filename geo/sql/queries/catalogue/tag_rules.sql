-- Switched on where somebody with the tag lives; once, so that who takes it away is not contradicted.
insert into yike.rule_override (rule_id, tag, enabled, edited_by)
select u.id, r.for_tag, true, 'catalogue'
from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, for_tag text)
join yike.rule u on u.code = r.code and u.edited_at is null
on conflict (rule_id, device_id, tag) do nothing
