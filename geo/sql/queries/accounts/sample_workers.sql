-- Somebody of the sample town to sign in as: on duty, in the order they were made.
select id, name from yike.worker where origin = 'sample' and on_duty order by id limit :how_many
