select yike.manual_check(d.id, :who, :note, cast(:away_until as timestamptz)) as closed
from yike.device d
where d.id = :device and d.path >= :lower and d.path < :upper
