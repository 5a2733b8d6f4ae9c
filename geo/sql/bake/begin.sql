-- SQLite: the work of an unfinished bake. `goes_on`: look below this tile.
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists task (spec text not null, seq integer not null);
create table if not exists content (digest blob primary key, bytes blob not null) without rowid;
create table if not exists tile (
  id integer primary key, zoom integer not null, digest blob references content (digest), goes_on integer not null
);
create index if not exists tile_zoom on tile (zoom);
