-- Days on which a worker has an accepted tour already.
select worker_id, day from yike.tour
where state = 'accepted' and day between cast(:first_day as date) and cast(:last_day as date)
