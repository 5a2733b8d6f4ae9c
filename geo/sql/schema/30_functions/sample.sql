create function yike.remove_sample() returns bigint
language plpgsql as $$
-- Everything marked as sample, whole, and nothing else. What hangs on a sample row goes with it.
declare
  removed bigint := 0;
  n bigint;
  owner text;
begin
  -- Incidents and orders of sample devices and workers first: an order keeps its worker.
  delete from yike.incident i using yike.device d where d.id = i.device_id and d.origin = 'sample';
  delete from yike.work_order w using yike.worker k where k.id = w.worker_id and k.origin = 'sample';
  delete from yike.tour t using yike.worker k where k.id = t.worker_id and k.origin = 'sample';
  delete from yike.telemetry_hour h using yike.device d where d.id = h.device_id and d.origin = 'sample';
  delete from yike.telemetry t using yike.device d where d.id = t.device_id and d.origin = 'sample';
  -- What people reported in a sample area, and what somebody hung on a sample house by hand.
  delete from yike.incident where path >= '~';
  update yike.device d set building_id = null, unit_id = null
  from yike.building b
  where b.id = d.building_id and b.origin = 'sample' and d.origin <> 'sample';
  foreach owner in array array[
    'visit_rule', 'account', 'device', 'worker', 'department', 'facility', 'contact', 'resident', 'unit', 'entrance', 'building',
    'gate', 'compound', 'street', 'street_node', 'ground', 'area']
  loop
    execute format('delete from yike.%I where origin = ''sample''', owner);
    get diagnostics n = row_count;
    removed := removed + n;
  end loop;
  -- A plan whose tours are all gone is no plan.
  delete from yike.tour_plan p where not exists (select from yike.tour t where t.plan_id = p.id);
  return removed;
end
$$;

comment on function yike.remove_sample() is 'Removes all sample data; returns how many rows of the model went';
