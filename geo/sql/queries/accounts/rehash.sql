update yike.account set password_hash = :password_hash where id = :account
