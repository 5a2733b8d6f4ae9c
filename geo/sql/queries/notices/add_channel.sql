insert into yike.channel (name, type, url, secret, settings, events, audiences, min_severity, enabled, path, edited_by)
values (:name, :type, :url, :secret, cast(:settings as jsonb), :events, :audiences, :min_severity, :enabled, :path, :who)
on conflict (name) do nothing
returning id
