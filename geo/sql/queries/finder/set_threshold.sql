select set_config('pg_trgm.word_similarity_threshold', cast(:threshold as text), true)
