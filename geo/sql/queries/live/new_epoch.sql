select yike.new_epoch()
