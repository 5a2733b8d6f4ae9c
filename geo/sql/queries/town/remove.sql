select yike.remove_sample()
