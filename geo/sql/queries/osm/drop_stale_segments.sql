-- A way that is split differently now: pieces it no longer has go.
delete from yike.street s
using (select distinct substring(source_key from '^osm:[wr][0-9.]+:') as way from staged_street) as ways
where s.source_key collate "C" >= ways.way and s.source_key collate "C" < ways.way || 'z'
  and not exists (select from staged_street t where t.source_key = s.source_key)
