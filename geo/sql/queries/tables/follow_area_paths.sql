-- Areas whose parent has another path now: the trigger makes theirs anew. Repeated until none is left.
update yike.area a
set label = a.label
from yike.area p
where p.id = a.parent_id and a.path <> p.path || '/' || a.label
