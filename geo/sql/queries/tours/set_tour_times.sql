update yike.tour set start_at = least(start_at, :start_at), end_at = greatest(start_at, :end_at), travel_s = :travel_s,
  changed_at = clock_timestamp()
where id = :tour
