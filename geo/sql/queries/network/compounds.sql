-- The walled compounds, those with a gate, in the order of their ids.
select c.id, st_asbinary(c.geom_3857) as outline
from yike.compound c
where exists (select from yike.gate g where g.compound_id = c.id)
order by c.id
