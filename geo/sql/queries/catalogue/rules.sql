insert into yike.rule (code, kind, name, name_en, metric, comparison, threshold, clearing, severity)
select code, kind, name, name_en, metric, comparison, threshold, clearing, severity
from jsonb_to_recordset(cast(:rows as jsonb))
  as r(code text, kind text, name text, name_en text, metric text, comparison text, threshold double precision,
    clearing text, severity smallint)
on conflict (code) do update
set kind = excluded.kind, name = excluded.name, name_en = excluded.name_en, metric = excluded.metric,
  comparison = excluded.comparison, threshold = excluded.threshold, clearing = excluded.clearing,
  severity = excluded.severity
