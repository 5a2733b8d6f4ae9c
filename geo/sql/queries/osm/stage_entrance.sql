create temporary table staged_entrance (
  source_key text, building text, label text, lon double precision, lat double precision
) on commit drop
