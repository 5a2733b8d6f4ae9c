insert into yike.device_kind (code, device_class, category, skill, name, name_en, glyph, heartbeat_s, sort)
select code, class, category, skill, name, name_en, glyph, heartbeat_s, sort
from jsonb_to_recordset(cast(:rows as jsonb))
  as r(code text, class text, category text, skill text, name text, name_en text, glyph text, heartbeat_s integer,
    sort smallint)
on conflict (code) do update
set device_class = excluded.device_class, category = excluded.category, skill = excluded.skill, name = excluded.name,
  name_en = excluded.name_en, glyph = excluded.glyph, heartbeat_s = excluded.heartbeat_s, sort = excluded.sort
