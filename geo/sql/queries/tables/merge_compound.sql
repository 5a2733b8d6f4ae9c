-- `given` names the columns the file has: of all others a row that is here keeps what it holds.
with merged as (
  insert into yike.compound as t (
    origin, source_key, name, name_en, datum, geom_delivered, geom, path)
  select
    'imported',
    s.source_key,
    s.name,
    case when 'name_en' = any(:given) then s.name_en else k.name_en end,
    s.datum,
    s.geom_delivered,
    s.geom,
    yike.path_at(st_pointonsurface(s.geom))
  from incoming_compound s
  left join yike.compound k on k.source_key = s.source_key
  order by s.geom, s.source_key
  on conflict (source_key) do update
  set
    origin = excluded.origin, name = excluded.name, name_en = excluded.name_en, datum = excluded.datum,
    geom_delivered = excluded.geom_delivered, geom = excluded.geom, path = excluded.path
  where (
    t.name, t.name_en, t.datum, t.geom_delivered, t.geom, t.path)
  is distinct from (
    excluded.name, excluded.name_en, excluded.datum, excluded.geom_delivered, excluded.geom, excluded.path)
  returning (xmax = 0) as inserted
)
select count(*) filter (where inserted) as inserted, count(*) filter (where not inserted) as updated from merged
