create temporary table staged_street (
  source_key text, from_node_id bigint, to_node_id bigint, name text, name_en text, street_class text,
  length_m double precision, walk boolean, cycle boolean, drive boolean, oneway_walk boolean,
  oneway_cycle boolean, oneway_drive boolean, steps boolean, bridge boolean, tunnel boolean, across boolean,
  geom geometry(linestring, 4326)
) on commit drop
