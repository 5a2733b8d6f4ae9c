insert into yike.skill (code, name, name_en, sort)
select code, name, name_en, sort
from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, name text, name_en text, sort smallint)
on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, sort = excluded.sort
