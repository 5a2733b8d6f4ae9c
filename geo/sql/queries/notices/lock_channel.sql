-- One claims for a channel at a time. A lock that lets the outbox be filled meanwhile: its foreign keys ask for less.
select type from yike.channel where id = :channel for no key update skip locked
