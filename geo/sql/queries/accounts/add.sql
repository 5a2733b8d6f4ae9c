insert into yike.account (name, display_name, role, password_hash, area_id, worker_id, origin)
values (:name, :display_name, :role, :password_hash, :area, :worker, :origin)
on conflict do nothing
returning id
