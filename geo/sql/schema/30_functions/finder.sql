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
  from unnest(string_to_array(words, null)) with ordinality as c(letter, n)
  left join yike.hanzi h on h.letter = c.letter;
end;

create function yike.refresh_finder(of_kind text, ids bigint[]) returns void
language plpgsql as $$
begin
  -- Brings the phrases of some rows to what the rows say. Planned anew each time: for one row and for 100,000 the
  -- same plan would be the wrong one.
  if ids is null then
    return;
  end if;
  execute 'delete from yike.finder f where f.kind = $1 and f.ref_id = any ($2)' using of_kind, ids;
  execute format('
    insert into yike.finder (kind, ref_id, phrase, path, words, pinyin, initials)
    select w.kind, w.ref_id, w.phrase, w.path, w.words, (yike.sound_of(w.words)).*
    from (
      select distinct on (s.ref_id, s.phrase) s.kind, s.ref_id, s.phrase, s.path, yike.words_of(s.phrase) as words
      from yike.finder_source s
      where s.kind = %L and s.ref_id = any ($1)
      order by s.ref_id, s.phrase
    ) as w
    where w.words <> %L', of_kind, '') using ids;
end
$$;

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
