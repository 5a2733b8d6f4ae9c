-- The whole network, in the order of its ids so that the same streets make the same graph.
select id, from_node_id, to_node_id, length_m, walk, cycle, oneway_walk, oneway_cycle, steps, closed, name, name_en,
  case
    when steps then 'steps'
    when across then 'square'
    when bridge then 'bridge'
    when tunnel then 'tunnel'
    when street_class in ('footway', 'path', 'pedestrian') then 'footpath'
    when street_class = 'cycleway' then 'cycleway'
    when street_class = 'service' then 'service'
    else 'street'
  end as kind,
  st_asbinary(geom_3857) as line
from yike.street
where walk or cycle
order by id
