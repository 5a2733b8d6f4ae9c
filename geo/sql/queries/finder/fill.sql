select yike.fill_finder()
