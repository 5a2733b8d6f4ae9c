select yike.ensure_rollup_partition(cast(day as date)),
  case when day >= cast(:until as timestamptz) - interval '2 days' then yike.ensure_telemetry_partition(cast(day as date)) end
from generate_series(cast(:until as timestamptz) - interval '30 days', cast(:until as timestamptz), interval '1 day') as day
