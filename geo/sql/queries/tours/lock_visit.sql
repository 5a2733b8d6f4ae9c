select state from yike.visit where id = :visit for update
