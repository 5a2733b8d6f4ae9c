-- What sounds most like the words; asked for only where hardly anything bears them. The threshold of `<%` is set before.
select distinct on (s.likeness, s.kind, s.ref_id) s.kind, s.ref_id as id, s.phrase, 7 as tier
from (
  select f.kind, f.ref_id, f.phrase, f.words,
    -- As a whole and as a part: of two that hold the words alike, the one that says no more.
    round((2 * word_similarity(:pinyin, f.pinyin) + similarity(:pinyin, f.pinyin))::numeric, 3) as likeness
  from yike.finder f
  where cast(:pinyin as text) <% f.pinyin and (f.kind = 'street' or f.path >= :lower and f.path < :upper)
    and (cast(:kind as text) is null or f.kind = :kind)
  order by likeness desc, length(f.words), f.ref_id
  limit :limit
) as s
order by s.likeness desc, s.kind, s.ref_id
