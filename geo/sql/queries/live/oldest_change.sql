select min(seq) from yike.change where seq is not null
