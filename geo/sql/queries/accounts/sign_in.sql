select a.id, a.password_hash
from yike.account a
where a.name = :name and a.disabled_at is null
