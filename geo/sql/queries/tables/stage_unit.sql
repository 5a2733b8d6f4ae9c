create temporary table incoming_unit (
  source_key text, building_id bigint, entrance_id bigint, floor smallint, room text, tenure text
) on commit drop
