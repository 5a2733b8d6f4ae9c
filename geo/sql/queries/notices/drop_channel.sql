delete from yike.channel where id = :id
