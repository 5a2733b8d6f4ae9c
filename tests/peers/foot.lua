-- OSRM: every way at the speed it says, one-way where it says so, and no turn costs anything.
-- OSRM counts whole tenths of a second a segment, so that all is walked a hundred times slower here.
api_version = 4

function setup()
  return {
    properties = {
      weight_name = 'duration',
      u_turn_penalty = 0,
      traffic_light_penalty = 0,
      continue_straight_at_waypoint = false,
      use_turn_restrictions = false,
    },
  }
end

function process_node(profile, node, result, relations)
end

function process_way(profile, way, result, relations)
  local speed = tonumber(way:get_value_by_key('walk:kmh'))
  if not speed then
    return
  end
  -- What says its seconds takes them, however it is drawn.
  local seconds = tonumber(way:get_value_by_key('walk:seconds'))
  if seconds then
    result.duration = seconds * 100
  end
  result.forward_mode = mode.walking
  result.forward_speed = speed / 100
  if way:get_value_by_key('oneway:foot') ~= 'yes' then
    result.backward_mode = mode.walking
    result.backward_speed = speed / 100
  end
end

function process_turn(profile, turn)
  turn.duration = 0
  turn.weight = 0
end

return { setup = setup, process_node = process_node, process_way = process_way, process_turn = process_turn }
