select yike.set_away(u.id, cast(:until as timestamptz), :who, :note)
from yike.unit u
where u.id = :unit and u.path >= :lower and u.path < :upper
