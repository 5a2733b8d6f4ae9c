insert into yike.incident_category (code, name, name_en, severity, is_public, sort)
select code, name, name_en, severity, coalesce(is_public, true), sort
from jsonb_to_recordset(cast(:rows as jsonb))
  as r(code text, name text, name_en text, severity smallint, is_public boolean, sort smallint)
on conflict (code) do update
set name = excluded.name, name_en = excluded.name_en, severity = excluded.severity, is_public = excluded.is_public,
  sort = excluded.sort
