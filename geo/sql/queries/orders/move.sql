select present, done from yike.move_order(:order, :state, :who, :note, :lon, :lat)
