-- What bears these words, best first; `tier` says how: 0 the very words, 1 begins with them, 2 holds them,
-- 3 to 5 the same by sound, 6 by initials. Everything is looked up by sound, which two characters are enough for
-- (they are five letters: a trigram index knows nothing of two).
with candidate as (
  (
    select f.kind, f.ref_id, f.phrase, f.words, f.pinyin, f.initials
    from yike.finder f
    where f.pinyin >= :pinyin and f.pinyin < cast(:pinyin as text) || chr(1114111)
      and (f.kind = 'street' or f.path >= :lower and f.path < :upper)
      and (cast(:kind as text) is null or f.kind = :kind)
    order by f.pinyin
    limit 2000
  )
  union
  (
    select f.kind, f.ref_id, f.phrase, f.words, f.pinyin, f.initials
    from yike.finder f
    where length(:pinyin) >= 3 and f.pinyin like '%' || cast(:pinyin as text) || '%'
      and (f.kind = 'street' or f.path >= :lower and f.path < :upper)
      and (cast(:kind as text) is null or f.kind = :kind)
    limit 2000
  )
  union
  (
    select f.kind, f.ref_id, f.phrase, f.words, f.pinyin, f.initials
    from yike.finder f
    where length(:pinyin) >= 2 and f.initials >= :pinyin and f.initials < cast(:pinyin as text) || chr(1114111)
      and (f.kind = 'street' or f.path >= :lower and f.path < :upper)
      and (cast(:kind as text) is null or f.kind = :kind)
    order by f.initials
    limit 500
  )
  union
  (
    select f.kind, f.ref_id, f.phrase, f.words, f.pinyin, f.initials
    from yike.finder f
    where length(:pinyin) >= 3 and f.initials like '%' || cast(:pinyin as text) || '%'
      and (f.kind = 'street' or f.path >= :lower and f.path < :upper)
      and (cast(:kind as text) is null or f.kind = :kind)
    limit 500
  )
),
ranked as (
  select distinct on (c.kind, c.ref_id) c.kind, c.ref_id, c.phrase, c.words, case
      when c.words = :words then 0
      when starts_with(c.words, :words) then 1
      when position(cast(:words as text) in c.words) > 0 then 2
      when c.pinyin = :pinyin then 3
      when starts_with(c.pinyin, :pinyin) then 4
      when position(cast(:pinyin as text) in c.pinyin) > 0 then 5
      else 6
    end as tier
  from candidate c
  order by c.kind, c.ref_id, tier, length(c.words)
),
numbered as (
  select *, row_number() over (partition by kind order by tier, length(words), words, ref_id) as place from ranked
)
select kind, ref_id as id, phrase, tier from numbered
where place <= :limit
order by tier, array_position(array['area', 'compound', 'street', 'building', 'facility', 'device'], kind), place
