select c.code, c.name, c.name_en, c.glyph, coalesce(n.facilities, 0) as facilities
from yike.facility_category c
left join (
  select category, count(*) as facilities from yike.facility where path >= :lower and path < :upper group by category
) as n on n.category = c.code
order by c.sort
