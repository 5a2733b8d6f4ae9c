select
  a.id, a.name, a.display_name, a.role, a.worker_id, coalesce(r.path, '') as path,
  cast(extract(epoch from s.expires_at - now()) as float8) as left_s
from yike.session s
join yike.account a on a.id = s.account_id
left join yike.area r on r.id = a.area_id
where s.token_sha256 = :digest and s.expires_at > now() and a.disabled_at is null
