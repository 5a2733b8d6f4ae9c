select order_id, standing_id
from yike.create_order(:incident, :worker, :department, :who, cast(:reason as jsonb))
