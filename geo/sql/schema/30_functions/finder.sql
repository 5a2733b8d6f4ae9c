create function yike.words_of(phrase text) returns text
language sql immutable strict parallel safe
begin atomic
  -- What two people who mean the same write alike: no capitals, accents, full-width forms, spaces or marks,
  -- and one word for a building's number.
  select regexp_replace(
    regexp_replace(normalize(lower(phrase), nfkd), '[\u0300-\u036f[:space:]!-/:-@[-`{-~·、。，（）“”《》—–]+', '', 'g'),
    '号楼|栋', '幢', 'g');
end;

create function yike.sound_of(words text, out pinyin text, out initials text)
language sql stable strict parallel safe
begin atomic
  select
    string_agg(coalesce(h.pinyin, c.letter), '' order by c.n),
    string_agg(coalesce(left(h.pinyin, 1), c.letter), '' order by c.n)
  from regexp_split_to_table(words, '') with ordinality as c(letter, n)
  left join yike.hanzi h on h.letter = c.letter;
end;

create function yike.refresh_finder(of_kind text, ids bigint[]) returns void
language sql
begin atomic
  -- Brings the phrases of some rows to what the rows say; those that are right already cost no spelling.
  with wanted as materialized (
    select distinct on (s.ref_id, s.phrase) s.ref_id, s.phrase, s.path
    from yike.finder_source s
    where s.kind = of_kind and s.ref_id in (select unnest(ids))
    order by s.ref_id, s.phrase
  ),
  gone as (
    delete from yike.finder f
    where f.kind = of_kind and f.ref_id in (select unnest(ids))
      and not exists (select from wanted w where w.ref_id = f.ref_id and w.phrase = f.phrase)
  ),
  moved as (
    update yike.finder f set path = w.path
    from wanted w
    where f.kind = of_kind and f.ref_id = w.ref_id and f.phrase = w.phrase and f.path <> w.path
  )
  insert into yike.finder (kind, ref_id, phrase, path, words, pinyin, initials)
  select of_kind, w.ref_id, w.phrase, w.path, n.words, s.pinyin, s.initials
  from wanted w
  cross join lateral (select yike.words_of(w.phrase) as words) as n
  cross join lateral yike.sound_of(n.words) as s
  where n.words <> ''
    and not exists (select from yike.finder f where f.kind = of_kind and f.ref_id = w.ref_id and f.phrase = w.phrase);
end;

create function yike.fill_finder() returns void
language sql
begin atomic
  delete from yike.finder;
  insert into yike.finder (kind, ref_id, phrase, path, words, pinyin, initials)
  select s.kind, s.ref_id, s.phrase, min(s.path), n.words, (yike.sound_of(n.words)).*
  from yike.finder_source s
  cross join lateral (select yike.words_of(s.phrase) as words) as n
  where n.words <> ''
  group by s.kind, s.ref_id, s.phrase, n.words;
end;
