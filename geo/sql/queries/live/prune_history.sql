-- What is old goes; of tracks older than a day the last position of each minute stays: at whole minutes nothing is lost.
with old as (
  delete from yike.silence where until < now() - cast(:days as integer) * interval '1 day'
)
delete from yike.worker_track t
where t.at < now() - cast(:days as integer) * interval '1 day'
  or (t.at < now() - interval '1 day' and exists (
    select from yike.worker_track n
    where n.worker_id = t.worker_id and (n.at, n.id) > (t.at, t.id)
      and n.at >= t.at and n.at < date_trunc('minute', t.at) + interval '1 minute'))
