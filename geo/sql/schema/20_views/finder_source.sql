-- Every phrase that something is found by: names, addresses, numbers and other names. No person, by whatever name.
create view yike.finder_source as
select 'area' as kind, a.id as ref_id, said.phrase, a.path
from yike.area a cross join lateral (values (a.name), (a.name_en), (a.official_code)) as said(phrase)
where said.phrase is not null
union all
select 'compound', c.id, said.phrase, c.path
from yike.compound c cross join lateral (values (c.name), (c.name_en)) as said(phrase)
where said.phrase is not null
union all
-- A street is its name; the first of its pieces stands for all.
select 'street', s.id, said.phrase, ''
from yike.street s cross join lateral (values (s.name), (s.name_en)) as said(phrase)
where said.phrase is not null and s.name is not null
  and not exists (select from yike.street o where o.name = s.name and o.id < s.id)
union all
select 'building', b.id, said.phrase, b.path
from yike.building b cross join lateral (values (b.name), (b.name_en), (b.address)) as said(phrase)
where said.phrase is not null
union all
select 'facility', f.id, said.phrase, f.path
from yike.facility f cross join lateral (values (f.name), (f.name_en)) as said(phrase)
where said.phrase is not null
union all
select 'device', d.id, said.phrase, d.path
from yike.device d cross join lateral (values (d.name), (d.external_id)) as said(phrase)
union all
select l.kind, l.ref_id, l.name, coalesce(a.path, c.path, b.path, f.path, d.path, '')
from yike.alias l
left join yike.area a on l.kind = 'area' and a.id = l.ref_id
left join yike.compound c on l.kind = 'compound' and c.id = l.ref_id
left join yike.building b on l.kind = 'building' and b.id = l.ref_id
left join yike.facility f on l.kind = 'facility' and f.id = l.ref_id
left join yike.device d on l.kind = 'device' and d.id = l.ref_id;
