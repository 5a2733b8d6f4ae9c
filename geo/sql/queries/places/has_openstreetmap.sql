-- Any table that an import fills tells; none of them is long to look into, since one row ends it.
select exists (select from yike.street where source_key like 'osm:%')
  or exists (select from yike.building where source_key like 'osm:%') as found
