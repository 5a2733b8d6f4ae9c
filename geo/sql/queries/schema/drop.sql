drop schema if exists yike cascade
