-- Tiles of one zoom with the layers `drawn`, and whether to look below them: what a tile leaves out because it is too
-- small, or because its layer begins deeper, its children may hold. The box is grown as far as any layer's buffer
-- reaches, so it holds the grown boxes of all children.
with made as materialized (
  select t.place, t.x, t.y,
    yike.tile_layers(cast(:drawn as text[]), :z, t.x, t.y, cast(:query as json)) as tile
  from unnest(cast(:xs as integer[]), cast(:ys as integer[])) with ordinality as t(x, y, place)
)
select m.tile, :deeper and (
    length(m.tile) > 0
    or ('area' = any(:layers)
      and exists (select from yike.area r where r.geom_3857 && b.box and r.path >= :lower and r.path < :upper))
    or ('ground' = any(:layers) and exists (select from yike.ground r where r.geom_3857 && b.box))
    or ('street' = any(:layers) and exists (select from yike.street r where r.geom_3857 && b.box and not r.across))
    or ('building' = any(:layers)
      and exists (select from yike.building r where r.geom_3857 && b.box and r.path >= :lower and r.path < :upper))
    or ('facility' = any(:layers)
      and exists (select from yike.facility r where r.geom_3857 && b.box and r.path >= :lower and r.path < :upper))
    or ('device' = any(:layers)
      and exists (select from yike.device r where r.geom_3857 && b.box and r.path >= :lower and r.path < :upper))
  ) as goes_on
from made m
cross join lateral (select st_tileenvelope(:z, m.x, m.y, margin => 256.0 / 4096) as box) as b
order by m.place
