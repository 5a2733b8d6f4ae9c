insert into yike.facility_category (code, name, name_en, glyph, sort)
select code, name, name_en, glyph, sort
from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, name text, name_en text, glyph text, sort smallint)
on conflict (code) do update
set name = excluded.name, name_en = excluded.name_en, glyph = excluded.glyph, sort = excluded.sort
