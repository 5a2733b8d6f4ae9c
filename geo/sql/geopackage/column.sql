-- SQLite. What a column is called and counts.
insert into gpkg_data_columns (table_name, column_name, name, title, description)
values (:layer, :column, :title, :title, :description)
