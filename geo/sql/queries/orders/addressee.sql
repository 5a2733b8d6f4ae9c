select exists (select from yike.worker where id = :worker)
  or exists (select from yike.department where id = :department) as known
