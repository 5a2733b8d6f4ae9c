select yike.merge_incident(a.id, b.id, :who) as against
from yike.incident a, yike.incident b
where a.id = :incident and b.id = :leader
  and a.path >= :lower and a.path < :upper and b.path >= :lower and b.path < :upper
