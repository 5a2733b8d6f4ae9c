select yike.mark_silent()
