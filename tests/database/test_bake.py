"""Baked tiles: the same as the functions make, whatever stopped the bake, and never of a state that has passed."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles
from sqlalchemy import Engine, text

from geo.database.engine import make_engine
from geo.database.sql import query
from geo.errors import InvalidInput, NotFound, SettingsError
from geo.live.changes import read_clock
from geo.progress import Advance
from geo.scope import AreaScope
from tests.world import build_world
from tiles.address import TileAddress
from tiles.bake import DEFAULT_LAYERS, Bake, bake, bakeable
from tiles.pmtiles import Baked
from tiles.region import Region
from tiles.sources import TileQuery

EVERYTHING = AreaScope.everything()


@pytest.fixture(scope="module")
def village(village_url: str) -> Iterator[Engine]:
    """The sample village; read only."""
    engine = make_engine(village_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def file(village: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("baked") / "village.pmtiles"
    run(village, out, zooms=(8, 18))
    return out


def run(engine: Engine, out: Path, layers: str = ",".join(DEFAULT_LAYERS), zooms: tuple[int, int] = (13, 15)) -> Bake:
    return bake(engine, out, layers=bakeable(layers), zooms=zooms, scope=EVERYTHING, connections=2)


def made(engine: Engine, layers: str, address: TileAddress) -> bytes:
    values = {
        "layers": [layer.name for layer in bakeable(layers) if layer.minzoom <= address.z],
        "z": address.z, "x": address.x, "y": address.y, "query": TileQuery(EVERYTHING).as_json(),
    }  # fmt: skip
    with engine.connect() as connection:
        return bytes(connection.execute(query("tiles/layers"), values).scalar_one() or b"")


def test_every_tile_of_the_region_is_what_the_functions_make(village: Engine, file: Path) -> None:
    baked = Baked(file)
    region, empty = Region(baked.content.bounds), 0
    for zoom in (8, 12, 13, 14, 15, 16, 17, 18):
        addresses = list(region.tiles(zoom))
        for address in addresses[:: max(1, len(addresses) // 40)]:
            assert baked.holds(DEFAULT_LAYERS, address)
            tile = made(village, ",".join(DEFAULT_LAYERS), address)
            assert baked.tile(DEFAULT_LAYERS, address) == tile, address
            some = made(village, "street,facility", address)
            assert baked.tile(("street", "facility"), address) == some
            empty += not tile
    assert not baked.holds(["street"], TileAddress(19, 1, 1))
    assert not baked.holds(["street"], TileAddress(16, 1, 1))
    assert not baked.holds(["device"], next(iter(region.tiles(14))))


def test_another_reader_finds_an_archive_in_order(file: Path) -> None:
    with file.open("rb") as opened:
        read = MmapSource(opened)
        header, metadata = Reader(read).header(), Reader(read).metadata()
        tiles = list(all_tiles(read))
    assert header["version"] == 3
    assert header["clustered"]
    assert (header["min_zoom"], header["max_zoom"]) == (8, 18)
    assert header["addressed_tiles_count"] == len(tiles) >= header["tile_contents_count"]
    assert {layer["id"] for layer in metadata["vector_layers"]} == {*DEFAULT_LAYERS, "area_label"}
    assert metadata["name"]
    assert metadata["clock"].count(":") == 1
    assert all(gzip.decompress(packed) for _, packed in tiles)
    assert not list(file.parent.glob("*.part*"))


@pytest.mark.parametrize("layer", DEFAULT_LAYERS)
def test_gdal_reads_the_features_the_functions_make(village: Engine, file: Path, layer: str) -> None:
    frame = pyogrio.read_dataframe(file, layer=layer)
    assert frame.crs == "EPSG:3857"
    field = next(name for name in ("name", "kind") if name in frame)
    named = frame[field].astype(object).where(frame[field].notna(), None)
    read = set(zip(frame["mvt_id"].astype(int), named, strict=True))
    wanted = set()
    for address in Region(Baked(file).content.bounds).tiles(18):
        tile = made(village, layer, address)
        for feature in mapbox_vector_tile.decode(tile).get(layer, {"features": []})["features"] if tile else ():
            wanted.add((feature["id"], feature["properties"].get(field)))
    assert read == wanted
    assert wanted


class Stop(KeyboardInterrupt):
    """Somebody pressed Ctrl-C."""


class StopAt:
    """Progress that is interrupted at a zoom, after some tiles."""

    def __init__(self, zoom: int) -> None:
        self._title = f"Zoom {zoom}"

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Iterator[Advance]:  # noqa: ARG002
        calls = 0

        def advance(_: int) -> None:
            nonlocal calls
            calls += 1
            if title == self._title and calls > 3:
                raise Stop

        yield advance


def test_what_was_stopped_goes_on_and_ends_the_same(village: Engine, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "village.pmtiles"
    layers = bakeable(",".join(DEFAULT_LAYERS))
    with pytest.raises(Stop):
        bake(village, out, layers=layers, zooms=(8, 18), scope=EVERYTHING, progress=StopAt(18))
    assert not out.exists()
    with sqlite3.connect(f"{out}.part") as part:
        before = part.execute("select count(*) from tile").fetchone()[0]
    again = run(village, out, zooms=(8, 18))
    assert again.is_resumed
    assert before > 0
    assert again.made > 0
    assert out.read_bytes() == file.read_bytes()


def test_an_edit_in_between_makes_it_begin_anew(database: Engine, tmp_path: Path) -> None:
    build_world(database)
    out = tmp_path / "hamlet.pmtiles"
    with pytest.raises(Stop):
        bake(database, out, layers=bakeable("building"), zooms=(14, 16), scope=EVERYTHING, progress=StopAt(16))
    with database.begin() as connection:
        connection.execute(text("update yike.building set use = 'school'"))
    assert not run(database, out, "building", (14, 16)).is_resumed
    assert not list(tmp_path.glob("*.part*"))


def test_small_things_that_a_low_zoom_leaves_out_are_below_it(database: Engine, tmp_path: Path) -> None:
    build_world(database)
    out = tmp_path / "buildings.pmtiles"
    # At 11 and 12 no building is drawn.
    assert run(database, out, "building", (11, 15)).tiles > 0
    baked = Baked(out)
    zooms = {
        z: [t for t in Region(baked.content.bounds).tiles(z) if baked.tile(["building"], t)] for z in range(11, 16)
    }
    assert [bool(zooms[z]) for z in range(11, 16)] == [False, False, True, True, True]


def test_what_was_dropped_is_not_answered_for(file: Path) -> None:
    baked = Baked(file)
    first, second, *_ = (t for t in Region(baked.content.bounds).tiles(17) if baked.tile(["street"], t))
    baked.drop_news({"street": [first], "device": None})
    assert not baked.holds(["street"], first)
    assert not baked.holds(["building", "street"], first)
    assert baked.holds(["building"], first)
    assert baked.holds(["street"], second)
    baked.drop_news({"street": None})
    assert not baked.holds(["street"], second)


def test_the_clock_is_that_of_the_beginning(village: Engine, file: Path) -> None:
    with village.connect() as connection:
        assert Baked(file).clock == read_clock(connection)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"nothing",
    "cut in the directory": lambda whole: whole[:300],
    "cut in the tiles": lambda whole: whole[:-100],
    "noise": lambda _: np.random.default_rng(1).bytes(5000),
    "version 2": lambda whole: b"PMTiles\x02" + whole[8:],
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_wrong_file_is_one_line(file: Path, tmp_path: Path, how: str) -> None:
    wrong = tmp_path / "wrong.pmtiles"
    wrong.write_bytes(BROKEN[how](file.read_bytes()))
    with pytest.raises(SettingsError) as raised:
        Baked(wrong)
    assert raised.value.where == "YIKE_BAKED"
    assert "wrong.pmtiles" in raised.value.message


def test_what_cannot_be_baked_is_said(database: Engine, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        run(database, tmp_path / "a.pmtiles")
    with pytest.raises(InvalidInput):
        bakeable("device_status")
    with pytest.raises(NotFound):
        bakeable("nix")
    assert not list(tmp_path.iterdir())
