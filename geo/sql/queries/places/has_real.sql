select exists (select from yike.area where path < '~')
