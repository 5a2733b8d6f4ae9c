insert into yike.tour (plan_id, worker_id, day, state, shift, start_at, end_at, travel_s, reason)
values (:plan, :worker, :day, :state, cast(:shift as jsonb), :start_at, :end_at, :travel_s, :reason)
returning id
