-- A home as who visits it needs it: the door to walk to, the way inside, who lives there. Names leave the API masked.
create view yike.visit_home as
select
  u.id as unit_id, u.path as area, u.building_id, u.floor, u.room, e.label as entrance, b.name as building, b.address,
  b.has_lift, c.name as compound,
  st_x(spot.geom) as lon, st_y(spot.geom) as lat,
  w.opens as wish_opens, w.closes as wish_closes, coalesce(w.weekdays, 127) as weekdays, w.note as wish,
  (
    select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'tags', to_jsonb(r.tags)) order by r.born, r.id), '[]')
    from yike.resident r where r.unit_id = u.id and r.lives_here
  ) as people
from yike.unit u
join yike.building b on b.id = u.building_id
left join yike.entrance e on e.id = u.entrance_id
left join yike.compound c on c.id = b.compound_id
left join yike.visit_wish w on w.unit_id = u.id
cross join lateral (select coalesce(e.geom, st_pointonsurface(b.geom)) as geom) as spot;

comment on view yike.visit_home is 'Homes with their door, people and hours for visits';

-- A visit of a tour with its home and what became of it.
create view yike.visit_details as
select
  v.id, v.tour_id, v.worker_id, v.day, v.position, v.arrive_at, v.wait_s, v.travel_s, v.visit_s, v.priority, v.opens,
  v.closes, v.state, v.done_at, v.note, v.reason,
  h.unit_id, h.area, h.building_id, h.floor, h.room, h.entrance, h.building, h.address, h.has_lift, h.compound,
  h.lon, h.lat, h.weekdays, h.wish, h.people,
  (
    select coalesce(jsonb_agg(jsonb_build_object('step', l.step, 'at', l.at, 'who', l.who, 'note', l.note,
      'worker_id', l.worker_id, 'worker', k.name, 'day', l.day) order by l.at, l.id), '[]')
    from yike.visit_log l
    left join yike.worker k on k.id = l.worker_id
    where l.visit_id = v.id
  ) as steps
from yike.visit v
join yike.visit_home h on h.unit_id = v.unit_id;

comment on view yike.visit_details is 'Visits with home and log';
