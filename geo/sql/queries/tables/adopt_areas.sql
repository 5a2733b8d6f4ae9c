-- An area that is here under another key but with this code of its level is the same one.
update yike.area a
set source_key = i.source_key
from incoming_area i
where a.level = i.level and a.official_code = i.official_code and a.origin <> 'sample'
  and a.source_key is distinct from i.source_key
