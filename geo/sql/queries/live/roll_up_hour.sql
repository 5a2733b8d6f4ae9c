select yike.roll_up_hour()
