-- The revision of each topic; one that was never edited has none.
select topic, value from yike.revision
