select cast(epoch as text) as epoch, last_seq from yike.live_clock
