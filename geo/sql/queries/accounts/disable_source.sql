update yike.source set disabled_at = coalesce(disabled_at, now()) where name = :name returning id
