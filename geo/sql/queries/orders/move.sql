select present, done
from yike.move_order(:order, :state, :who, :note, :lon, :lat, cast(:away_until as timestamptz))
