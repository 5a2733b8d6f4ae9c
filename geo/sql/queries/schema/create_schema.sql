create schema if not exists yike
