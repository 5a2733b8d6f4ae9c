select a.id, a.level, a.label, a.name, a.official_code, a.path, a.source_key, a.origin = 'sample' as is_sample
from yike.area a
order by a.path
