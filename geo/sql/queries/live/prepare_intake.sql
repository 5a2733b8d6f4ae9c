select yike.prepare_intake()
