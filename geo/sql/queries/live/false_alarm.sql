select coalesce(sum(yike.close_incidents(array[i.id], 'false_alarm', :who, :note)), 0) as closed
from yike.incident i
where i.id = :incident and i.path >= :lower and i.path < :upper
