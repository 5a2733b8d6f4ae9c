insert into task (spec, seq) values (:spec, :seq)
