"""Drawn edits of what tiles show, and every tile around them before and after: what news does not name is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from sqlalchemy import Connection, text

from geo.live.changes import changes_after, read_clock
from geo.mercator import HALF_WORLD_M, to_mercator
from geo.scope import AreaScope
from tests.world import LAT, LON, STEP
from tiles import layers
from tiles.address import EXTENT, TileAddress
from tiles.news import names, tiles_named, to_news

SCOPES = (AreaScope.everything(), AreaScope.below("320100"), AreaScope.below("elsewhere"))
LAYERS = ("area", "ground", "street", "building", "facility", "device")

Tiles = dict[tuple[str, AreaScope, TileAddress], bytes]

_ADD = {
    "area": "insert into yike.area (level, label, path, name, geom)"
    " values (:level, 'n' || floor(random() * 1e12)::text, '', :word, st_multi({polygon}))",
    "ground": "insert into yike.ground (kind, name, geom) values ('water', :word, st_multi({polygon}))",
    "street": "insert into yike.street (from_node_id, to_node_id, street_class, length_m, walk, cycle, drive, across,"
    " geom) select min(id), max(id), :street_class, 9, true, true, true, :flag, {line} from yike.street_node",
    "building": "insert into yike.building (path, name, geom) values (:path, :word, st_multi({polygon}))",
    "facility": "insert into yike.facility (category, path, name, geom) values ('bank', :path, :word, {point})",
    "device": "insert into yike.device (external_id, kind, name, path, geom)"
    " values ('n' || floor(random() * 1e12)::text, 'manhole', 'n', :path, {point})",
}
_SHAPE = {"area": "st_multi({polygon})", "ground": "st_multi({polygon})", "street": "{line}",
          "building": "st_multi({polygon})", "facility": "{point}", "device": "{point}"}  # fmt: skip
_SET = {
    "area": ("name = :word", "level = :level", "label = label || 'x'", "official_code = null"),
    "ground": ("name = :word", "kind = 'green'", "name_en = :word"),
    "street": ("name = :word", "street_class = :street_class", "closed = :flag", "across = :flag", "tunnel = :flag",
               "oneway_drive = drive and :flag", "bridge = :flag", "length_m = length_m + 1"),
    "building": ("name = :word", "floors = 7", "height_m = 30", "use = 'school'", "path = :path", "address = :word"),
    "facility": ("name = :word", "category = 'bank'", "path = :path", "capacity = 8"),
    "device": ("kind = 'manhole'", "floor = 2", "path = :path", "gateway = :word"),
}  # fmt: skip
# What nothing hangs on.
_FREE = {"building": "where not exists (select from yike.device d where d.building_id = t.id)"}


@dataclass(frozen=True)
class Edit:
    """One statement."""

    table: str
    action: str
    row: int
    x: float
    y: float
    size_m: float
    word: str
    path: str
    level: str
    street_class: str
    flag: bool
    column: int

    def apply(self, connection: Connection) -> None:
        """Carry it out."""
        connection.execute(text(self._statement()), self.__dict__)

    def _statement(self) -> str:
        shape = {
            "point": "st_transform(st_point(:x, :y, 3857), 4326)",
            "line": "st_transform(st_makeline(st_point(:x, :y, 3857),"
            " st_point(:x + :size_m, :y - :size_m, 3857)), 4326)",
            "polygon": "st_transform(st_makeenvelope(:x, :y, :x + :size_m, :y + :size_m, 3857), 4326)",
        }
        one = f"(select t.id from yike.{self.table} t {_FREE.get(self.table, '')} order by t.id offset :row limit 1)"
        match self.action:
            case "add":
                return _ADD[self.table].format(**shape)
            case "move":
                return f"update yike.{self.table} set geom = {_SHAPE[self.table].format(**shape)} where id = {one}"
            case "shift":
                return f"update yike.{self.table} set geom = st_translate(geom, 0.0002, -0.0001)"
            case "set":
                column = _SET[self.table][self.column % len(_SET[self.table])]
                every = "" if self.flag and self.table != "area" else f"where id = {one}"
                return f"update yike.{self.table} set {column} {every}"
            case _:
                return f"delete from yike.{self.table} where id = {one}"


def near_an_edge(zoom: int, tile: int, units: float, *, start: float) -> float:
    """Metres: so many 4096ths from a tile's edge, some tiles after `start`."""
    size = 2 * HALF_WORLD_M / (1 << zoom)
    return (start // size + tile + units / EXTENT) * size


@st.composite
def edits(draw: st.DrawFn, lon: float = LON, lat: float = LAT, rows: int = 6) -> Edit:
    """Anything around a place, mostly right where a tile's buffer ends; of the first `rows` rows of a table."""
    west, south = (float(value) for value in to_mercator(lon, lat))
    zoom = draw(st.integers(13, 16))
    units = st.one_of(
        st.sampled_from([sign * (reach + by) for sign in (-1, 1) for reach in (0, 64, 256) for by in (-1, 0, 1)]),
        st.integers(0, EXTENT),
    )
    tiles = st.integers(-1, 1)
    return Edit(
        table=draw(st.sampled_from(LAYERS)),
        action=draw(st.sampled_from(["add", "move", "shift", "set", "set", "delete"])),
        row=draw(st.integers(0, rows - 1)),
        x=near_an_edge(zoom, draw(tiles), draw(units), start=west),
        y=near_an_edge(zoom, draw(tiles), draw(units), start=south),
        size_m=draw(st.sampled_from([1.0, 20.0, 300.0, 5000.0])),
        word=draw(st.sampled_from(["东", "西", "a"])),
        path=draw(st.sampled_from(["", "320100/s1/c1/g1", "elsewhere/s", "elsewhere"])),
        level=draw(st.sampled_from(["city", "district", "community", "grid"])),
        street_class=draw(st.sampled_from(["primary", "secondary", "residential", "steps"])),
        flag=draw(st.booleans()),
        column=draw(st.integers(0, 20)),
    )


def tiles_around(most: int, lon: float = LON + 2 * STEP, lat: float = LAT + STEP) -> list[TileAddress]:
    """At each zoom the tile of a place and those around it, `most` along an edge; deeper than is drawn, too."""
    x, y = (float(value) for value in to_mercator(lon, lat))
    found = []
    for z in range(4, 19):
        size = 2 * HALF_WORLD_M / (1 << z)
        column, row = int((x + HALF_WORLD_M) // size), int((HALF_WORLD_M - y) // size)
        reach = range(-(most // 2), most - most // 2)
        found += [TileAddress(z, column + i, row + j) for i in reach for j in reach if z >= 10 or (i, j) == (0, 0)]
    return found


def make(connection: Connection, addresses: Sequence[TileAddress]) -> Tiles:
    """All tiles of all layers for all scopes, as the SQL functions make them, from the first zoom that is served."""
    made: Tiles = {}
    for layer in LAYERS:
        served = [address for address in addresses if address.z >= layers.LAYERS[layer].minzoom]
        place = {"z": [a.z for a in served], "x": [a.x for a in served], "y": [a.y for a in served]}
        for scope in SCOPES:
            rows = connection.execute(
                text(f"select yike.tile_{layer}(t.z, t.x, t.y, json_build_object('area_lower', cast(:lower as text),"
                     " 'area_upper', cast(:upper as text))) from unnest(cast(:z as integer[]), cast(:x as integer[]),"
                     " cast(:y as integer[])) with ordinality as t(z, x, y, n) order by n"),
                {**place, "lower": scope.lower, "upper": scope.upper},
            )  # fmt: skip
            made |= {(layer, scope, address): bytes(row[0] or b"") for address, row in zip(served, rows, strict=True)}
    return made


def check(connection: Connection, before: Tiles, series: Sequence[Edit]) -> int:
    """Carry out edits; every tile that differs is named to those who may have it. Returns how many differ."""
    start = read_clock(connection).seq
    for edit in series:
        edit.apply(connection)
    connection.execute(text("select yike.number_changes()"))
    changes = changes_after(connection, start)
    news = {scope: to_news(tiles_named(changes, scope)) for scope in SCOPES}
    after = make(connection, list(dict.fromkeys(address for _, _, address in before)))
    differ = [key for key in before if before[key] != after[key]]
    missed = [
        f"{layer} {address} for {scope}" for layer, scope, address in differ if not names(news[scope], layer, address)
    ]
    assert not missed, f"{len(missed)} tiles changed and were not named: {missed[:5]}"
    return len(differ)
