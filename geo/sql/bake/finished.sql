-- In the order of tile ids, which is that of the archive.
select t.id, c.bytes from tile t join content c on c.digest = t.digest order by t.id
