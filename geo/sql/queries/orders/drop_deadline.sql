delete from yike.deadline where id = :deadline
