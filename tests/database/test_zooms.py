"""What is at which zoom: the views, the documentation and decoded tiles say the same."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import orjson
import pytest
from sqlalchemy import Engine, text

from geo.database.engine import make_engine
from tiles.layers import LAYERS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "tiles.md"
MAIN = {"motorway", "trunk", "primary", "secondary", "tertiary"}


@pytest.fixture(scope="module")
def village(village_url: str) -> Iterator[Engine]:
    engine = make_engine(village_url)
    yield engine
    engine.dispose()


def rows(engine: Engine, view: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"select * from yike.{view}"))]


def tile(engine: Engine, layer: str, z: int, query: str = "{}") -> dict[str, Any]:
    """The tile in the middle of the village."""
    with engine.connect() as connection:
        lon, lat = connection.execute(
            text("select st_x(c), st_y(c) from (select st_centroid(st_extent(geom)) as c from yike.building) as b")
        ).one()
        n, phi = 2**z, math.radians(lat)
        x, y = int((lon + 180) / 360 * n), int((1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi) / 2 * n)
        content = connection.execute(
            text(f"select yike.tile_{layer}(:z, :x, :y, cast(:query as json))"),
            {"z": z, "x": x, "y": y, "query": query},
        ).scalar_one()
    decoded: dict[str, Any] = mapbox_vector_tile.decode(bytes(content)) if content else {}
    return decoded


@pytest.mark.parametrize("view", ["tile_shows", "tile_detail"])
def test_the_documentation_repeats_the_views(village: Engine, view: str) -> None:
    stored = [tuple(str(float(v)) if not isinstance(v, str) else v for v in row) for row in rows(village, view)]
    width = len(stored[0])
    table = re.findall(r"^\|" + r"([^|]+)\|" * width + "$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    written = [tuple(cell.strip().strip("`") for cell in row) for row in table]
    said = [tuple(str(float(v)) if re.fullmatch(r"[0-9.]+", v) else v for v in row) for row in written]
    assert [row for row in said if row[0] in LAYERS] == stored


@pytest.mark.parametrize("z", [9, 11, 12, 13, 14, 15, 16])
def test_tiles_hold_what_the_views_say(village: Engine, z: int) -> None:
    shown: dict[str, set[str]] = {}
    for layer, what, first, last in rows(village, "tile_shows"):
        if first <= z <= last:
            shown.setdefault(layer, set()).add(what)
    for feature in features(village, "area", z):
        assert feature["level"] in shown["area"]
    for feature in features(village, "street", z):
        assert feature["class"] in shown["street"]
        named = "name" in shown["street"] or ("name of a main street" in shown["street"] and feature["class"] in MAIN)
        assert named or "name" not in feature
    for layer in ("building", "facility"):
        found = features(village, layer, z)
        assert bool(found) == (z >= LAYERS[layer].minzoom)
        for attribute in ("floors", "height_m", "name", "name_en"):
            rule = "name" if attribute == "name_en" else attribute
            is_shown = rule in shown.get(layer, ())
            assert is_shown or not any(attribute in feature for feature in found), (layer, attribute)
            assert not is_shown or any(attribute in feature for feature in found), (layer, attribute)


def features(engine: Engine, layer: str, z: int) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in tile(engine, layer, z).get(layer, {}).get("features", ())]


def test_a_list_of_ids_restricts_every_layer(village: Engine) -> None:
    for layer in ("area", "ground", "street", "building", "facility", "device"):
        found = [feature["id"] for feature in tile(village, layer, 14)[layer]["features"]]
        one = orjson.dumps({"ids": found[:1]}).decode()
        assert [feature["id"] for feature in tile(village, layer, 14, one)[layer]["features"]] == found[:1]
        assert tile(village, layer, 14, '{"ids": []}') == {}


def test_layers_in_one_call_are_the_layers_joined(village: Engine) -> None:
    with village.connect() as connection:
        joined, apart = connection.execute(
            text("select yike.tile_layers(array['street', 'area', 'device', 'ground', 'facility', 'building'], z, x, y),"
                 " yike.tile_area(z, x, y) || yike.tile_ground(z, x, y) || yike.tile_street(z, x, y)"
                 " || yike.tile_building(z, x, y) || yike.tile_facility(z, x, y) || yike.tile_device(z, x, y)"
                 " from (values (14, 13660, 6696)) as t(z, x, y)")
        ).one()  # fmt: skip
    assert bytes(joined) == bytes(apart)
    assert joined
