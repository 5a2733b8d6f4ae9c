-- What the OGC API answers of each collection: one view each, its columns the properties, and beside them what
-- statements need (`geom_3857` for the index, `scope_path` for the reader's area, null where a thing belongs to none).
-- No person, and nothing of one, is in any of them.
create view yike.feature_area as
select a.id, a.level, a.name, a.name_en, a.path, a.parent_id, a.official_code, a.origin,
  a.geom, a.geom_3857, a.path as scope_path
from yike.area a;

create view yike.feature_ground as
select g.id, g.kind, g.name, g.name_en, g.origin,
  g.geom, g.geom_3857, cast(null as text) as scope_path
from yike.ground g;

create view yike.feature_street as
select s.id, s.street_class as class, s.name, s.name_en, s.length_m, s.walk, s.cycle, s.drive,
  s.oneway_drive as oneway, s.steps, s.bridge, s.tunnel, s.closed, s.origin,
  s.geom, s.geom_3857, cast(null as text) as scope_path
from yike.street s
where not s.across;

create view yike.feature_building as
select b.id, b.use, b.floors, b.height_m, b.has_lift, b.name, b.name_en, b.address, b.compound_id, b.path, b.origin,
  b.geom, b.geom_3857, b.path as scope_path
from yike.building b;

create view yike.feature_facility as
select f.id, f.category, f.name, f.name_en, f.capacity, f.opening_hours, f.building_id, f.path, f.origin,
  f.geom, f.geom_3857, f.path as scope_path
from yike.facility f;

create view yike.feature_compound as
select c.id, c.name, c.name_en, c.path, c.origin,
  c.geom, c.geom_3857, c.path as scope_path
from yike.compound c;

create view yike.feature_gate as
select g.id, g.name, g.compound_id, c.path, g.origin,
  g.geom, st_transform(g.geom, 3857) as geom_3857, c.path as scope_path
from yike.gate g
join yike.compound c on c.id = g.compound_id;

create view yike.feature_device as
select d.id, d.external_id, d.kind, k.device_class as class, d.name, d.floor, d.building_id, l.status, l.since,
  d.installed_at, d.path, d.origin,
  d.geom, d.geom_3857, d.path as scope_path
from yike.device d
join yike.device_kind k on k.code = d.kind
join yike.device_live l on l.id = d.id;
