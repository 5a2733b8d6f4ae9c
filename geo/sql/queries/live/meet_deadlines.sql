select yike.meet_deadlines()
