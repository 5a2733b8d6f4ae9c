insert into yike.photo (incident_id, order_id, who, media_type, width, height, sent_sha256, content)
values (:incident, :order, :who, 'image/jpeg', :width, :height, :sent, :content)
on conflict (incident_id, order_id, sent_sha256) do update set who = yike.photo.who
returning id
