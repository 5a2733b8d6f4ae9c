select c.id, c.name from yike.compound c where c.origin <> 'sample' order by c.id
