"""Ways in for readings beside our own route: an MQTT broker, and platforms that push."""
