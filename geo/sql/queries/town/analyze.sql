analyze yike.area, yike.ground, yike.street_node, yike.street, yike.compound, yike.gate, yike.building, yike.entrance,
  yike.unit, yike.resident, yike.contact, yike.facility, yike.department, yike.worker, yike.worker_position,
  yike.device, yike.device_state, yike.deadline, yike.telemetry_hour
