create function yike.set_area_path() returns trigger
language plpgsql as $$
begin
  -- An area's path is its parent's and its own label: nobody writes it by hand.
  new.path := coalesce((select p.path || '/' from yike.area p where p.id = new.parent_id), '') || new.label;
  return new;
end
$$;

create trigger set_path before insert or update of parent_id, label on yike.area
  for each row execute function yike.set_area_path();
