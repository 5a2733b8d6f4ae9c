select yike.number_changes()
