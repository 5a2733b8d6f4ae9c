insert into yike.dead_letter (reason, reading)
select reason, reading from jsonb_to_recordset(cast(:letters as jsonb)) as r(reason text, reading text)
