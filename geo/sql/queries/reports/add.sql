insert into yike.report (incident_id, code_sha256, text) values (:incident, :code, :text)
