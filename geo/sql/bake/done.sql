select id, goes_on from tile where zoom = :zoom
