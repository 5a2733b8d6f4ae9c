select accepted, duplicate, late, unknown from yike.take_readings()
