select exists (select from yike.device where origin = 'sample') as found
