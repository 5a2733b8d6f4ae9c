"""How well people are reached: minutes on foot to services, by building and by hexagon."""
