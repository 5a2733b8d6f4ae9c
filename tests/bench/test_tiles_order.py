"""What the order of rows on disk is worth: pages a tile reads, with the sample town's rows in one order or another."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, Engine, text

from data.town import Scale, build_town
from geo.database.sql import query
from geo.scope import AreaScope
from tests.verify.conftest import Figures
from tiles.address import TileAddress
from tiles.region import Region
from tiles.sources import TileQuery

TITLE = "Rows in Hilbert order"
LAYERS = ("building", "street", "device")
ZOOM, TILES = 15, 60
SCALE = Scale(os.environ.get("YIKE_BENCH_SCALE", "district"))
ORDERS = {
    "at random": "(md5(id::text))",
    "by geohash": "(st_geohash(st_centroid(geom)))",
    "along a Hilbert curve": "(geom)",
}


@pytest.mark.timeout(1800)
def test_pages_a_tile_reads(database: Engine, figures: Figures) -> None:
    build_town(database, SCALE)
    with database.connect() as connection:
        west, south, east, north = connection.execute(
            query("places/bounds"), {"lower": "", "upper": "\x7f"}
        ).scalar_one()  # fmt: skip
    addresses = list(Region((west, south, east, north)).tiles(ZOOM))
    rng = np.random.default_rng(1)
    chosen = [addresses[i] for i in rng.permutation(len(addresses))[:TILES]]
    figures.add("town, tiles of zoom 15", f"`{SCALE.value}`, {len(chosen)} of {len(addresses)}")
    found = {}
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        found["as they are loaded"] = measure(database, chosen)
        for layer in LAYERS:
            connection.execute(text(f"reindex table yike.{layer}"))
        found["as they are loaded, indexes made anew"] = measure(database, chosen)
        for name, key in ORDERS.items():
            for layer in LAYERS:
                connection.execute(text(f"create index in_order on yike.{layer} {key}"))
                connection.execute(text(f"cluster yike.{layer} using in_order"))
                connection.execute(text("drop index yike.in_order"))
            connection.execute(text("vacuum analyze"))
            found[name] = measure(database, chosen)
    for name, pages in found.items():
        told = ", ".join(f"{layer} {pages[layer]:.0f}" for layer in LAYERS)
        figures.add(f"pages (8 kB) a tile reads, rows {name}", told)
    loaded = found["as they are loaded, indexes made anew"]
    for layer in LAYERS:
        assert loaded[layer] < found["at random"][layer]


def measure(engine: Engine, addresses: list[TileAddress]) -> dict[str, float]:
    """Mean pages a tile, by layer, less those of a tile in the ocean: what planning and the catalogue take."""
    ocean = TileAddress(ZOOM, 0, 1 << (ZOOM - 1))
    with engine.connect() as connection:
        # A bitmap scan looks at each page once; an index scan counts it once for every row in it.
        connection.execute(text("set local enable_indexscan = off"))
        found = {}
        for layer in LAYERS:
            # Until the function's plans are made and kept.
            for _ in range(10):
                pages(connection, layer, addresses[0])
                pages(connection, layer, ocean)
            bare = pages(connection, layer, ocean)
            found[layer] = float(np.mean([pages(connection, layer, one) for one in addresses])) - bare
    return found


def pages(connection: Connection, layer: str, address: TileAddress) -> int:
    """Pages one tile reads, from the cache or the disk."""
    plan: Any = connection.execute(
        text(f"explain (analyze, buffers, format json) {query('tiles/layers')}"),
        {
            "layers": [layer],
            "z": address.z,
            "x": address.x,
            "y": address.y,
            "query": TileQuery(AreaScope.everything()).as_json(),
        },
    ).scalar_one()[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
