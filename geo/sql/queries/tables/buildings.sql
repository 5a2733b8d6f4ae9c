select b.id, c.name as compound, b.name, b.address
from yike.building b
left join yike.compound c on c.id = b.compound_id
where b.origin <> 'sample' and (b.name is not null or b.address is not null)
order by b.id
