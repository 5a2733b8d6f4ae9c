insert into yike.alias (kind, ref_id, name)
select :kind, :ref_id, :name
where case :kind
  when 'area' then exists (select from yike.area where id = :ref_id and path >= :lower and path < :upper)
  when 'compound' then exists (select from yike.compound where id = :ref_id and path >= :lower and path < :upper)
  when 'street' then exists (select from yike.street where id = :ref_id and name is not null)
  when 'building' then exists (select from yike.building where id = :ref_id and path >= :lower and path < :upper)
  when 'facility' then exists (select from yike.facility where id = :ref_id and path >= :lower and path < :upper)
  else exists (select from yike.device where id = :ref_id and path >= :lower and path < :upper)
end
on conflict (kind, ref_id, name) do update set name = excluded.name
returning id
