-- What whoever holds the code may read: how far it is, in the words of the order; nobody's name.
select i.id, i.title, i.category, c.name as category_name, c.name_en as category_name_en, r.text, i.opened_at,
  i.acknowledged_at, i.closed_at, i.closing, d.name as department, w.state as order_state, w.state_at, w.rating, w.id as order_id
from yike.report r
join yike.incident i on i.id = r.incident_id
left join yike.incident_category c on c.code = i.category
left join lateral (
  select * from yike.work_order o
  where o.incident_id = coalesce(i.merged_into_id, i.id) and o.state not in ('returned', 'cancelled')
  order by o.id desc
  limit 1
) as w on true
left join yike.department d on d.id = coalesce(w.department_id, i.department_id)
where r.code_sha256 = :code
