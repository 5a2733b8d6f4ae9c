insert into yike.source (name, key_sha256) values (:name, :digest)
on conflict do nothing
returning id
