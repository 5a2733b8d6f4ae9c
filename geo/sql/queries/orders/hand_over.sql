select yike.hand_over(:order, :worker, :who, :note, cast(:reason as jsonb)) as state
