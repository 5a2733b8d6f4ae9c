select n.words, s.pinyin, s.initials
from (select yike.words_of(:words) as words) as n
left join lateral yike.sound_of(n.words) as s on true
