insert into yike.tour_plan (first_day, days, unassigned, left_out, made_by, path)
values (:first_day, :days, cast(:unassigned as jsonb), cast(:left_out as jsonb), :who, :path)
returning id
