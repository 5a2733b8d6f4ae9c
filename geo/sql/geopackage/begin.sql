-- SQLite. Styles as QGIS itself stores them; what the columns are, after OGC 12-128r18, extension Schema.
create table layer_styles (
  id integer primary key autoincrement, f_table_catalog text, f_table_schema text, f_table_name text,
  f_geometry_column text, styleName text, styleQML text, styleSLD text, useAsDefault boolean, description text,
  owner text, ui text, update_time datetime default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));
insert into gpkg_contents (table_name, data_type, identifier) values ('layer_styles', 'attributes', 'layer_styles');

create table if not exists gpkg_data_columns (
  table_name text not null, column_name text not null, name text, title text, description text, mime_type text,
  constraint_name text,
  constraint pk_gdc primary key (table_name, column_name),
  constraint gdc_tn unique (table_name, name));
create table if not exists gpkg_data_column_constraints (
  constraint_name text not null, constraint_type text not null, value text, min numeric, min_is_inclusive boolean,
  max numeric, max_is_inclusive boolean, description text,
  constraint gdcc_ntv unique (constraint_name, constraint_type, value));
insert into gpkg_extensions (table_name, column_name, extension_name, definition, scope) values
  ('gpkg_data_columns', null, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', null, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
