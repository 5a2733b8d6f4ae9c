-- SQLite. One style of a layer.
insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD,
  useAsDefault, description, owner)
values ('', '', :layer, 'geom', :name, :qml, '', :is_default, :name, 'yike')
