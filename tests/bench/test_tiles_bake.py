"""Baking a town's tiles, beside the same SQL on the same tiles driven by pgbench, whose answers nobody keeps."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from data.town import Scale, build_town
from geo.database.sql import query
from geo.scope import AreaScope
from tests.verify.conftest import Figures
from tiles.bake import DEFAULT_LAYERS, bake, bakeable
from tiles.layers import LAYERS
from tiles.part import Part
from tiles.sources import TileQuery

TITLE = "Baking tiles"
SCALE = Scale(os.environ.get("YIKE_BENCH_SCALE", "district"))
ZOOMS = (10, 16)
BATCH = 32
SCOPE = AreaScope.everything()


@pytest.mark.timeout(3600)
def test_a_bake_and_its_limit(
    database: Engine, tmp_path: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_town(database, SCALE)
    connections = os.cpu_count() or 1
    looked: list[tuple[int, int]] = []
    keep = Part.keep

    def noted(part: Part, zoom: int, tiles: list[tuple[int, bytes, bool]]) -> None:
        looked.extend((zoom, tile[0]) for tile in tiles)
        keep(part, zoom, tiles)  # type: ignore[arg-type]

    monkeypatch.setattr(Part, "keep", noted)
    out = tmp_path / "town.pmtiles"
    layers = bakeable(DEFAULT_LAYERS)
    began = time.monotonic()
    made = bake(database, out, layers=layers, zooms=ZOOMS, scope=SCOPE, connections=connections)
    took = time.monotonic() - began
    figures.add("town, zooms, layers", f"`{SCALE.value}`, {ZOOMS[0]}–{ZOOMS[1]}, {', '.join(DEFAULT_LAYERS)}")
    figures.add("tiles made, in the file, its size",
                f"{made.made}, {made.tiles}, {out.stat().st_size / 1e6:.1f} MB")  # fmt: skip
    ours = made.made / took
    figures.add(f"**Yike**, walk to file, {connections} connections", f"**{ours:.0f} tiles/s** ({took:.1f} s)")
    _store(database, [one for one in looked if one[0] >= ZOOMS[0]])
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for title, script, size in (
        ("the same functions, a statement a tile", one_by_one(), 1),
        (f"our own statement, {BATCH} tiles each", batched(), BATCH),
    ):
        rate = pgbench(database, url, script, connections, tmp_path, size)
        figures.add(f"pgbench -M prepared, {connections} clients: {title}",
                    f"{rate:.0f} tiles/s; Yike has {ours / rate:.0%} of it")  # fmt: skip
    assert made.tiles > 0


def _store(engine: Engine, looked: list[tuple[int, int]]) -> None:
    """The tiles that were made, one by one and in the batches of a zoom."""
    from pmtiles.tile import tileid_to_zxy

    rows = [dict(zip("zxy", tileid_to_zxy(key), strict=True)) for _, key in looked]
    with engine.begin() as connection:
        connection.execute(text("create table bench_tile (id serial primary key, z integer, x integer, y integer)"))
        connection.execute(text("insert into bench_tile (z, x, y) values (:z, :x, :y)"), rows)
        connection.execute(
            text("create table bench_batch as select row_number() over () as id, z, array_agg(x) as xs, array_agg(y) as"
                 " ys, count(*) as tiles from (select z, x, y, (row_number() over (partition by z order by id) - 1) /"
                 f" {BATCH} as part from bench_tile) as t group by z, part"),
        )  # fmt: skip
        connection.execute(text("alter table bench_batch add primary key (id)"))
        connection.execute(text("create sequence bench_next"))


def one_by_one() -> str:
    """A tile as the service makes it: one call for each of its layers, joined."""
    calls = " || ".join(
        f"case when z >= {LAYERS[name].minzoom} then yike.tile_{name}(z, x, y, {_query()}) else '' end"
        for name in DEFAULT_LAYERS
    )
    return f"select {calls} from bench_tile where id = (select nextval('bench_next'));\n"


def batched() -> str:
    """The statement of the bake with a batch's values in the places of its parameters."""
    names = "array[" + ",".join(f"'{name}'" for name in DEFAULT_LAYERS) + "]"
    drawn = "array_remove(array[" + ",".join(
        f"case when batch.z >= {LAYERS[name].minzoom} then '{name}' end" for name in DEFAULT_LAYERS
    ) + "], null)"  # fmt: skip
    values = {
        "drawn": drawn, "layers": names, "query": _query(), "deeper": f"(batch.z < {ZOOMS[1]})", "z": "batch.z",
        "xs": "batch.xs", "ys": "batch.ys", "lower": f"'{SCOPE.lower}'", "upper": "chr(127)",
    }  # fmt: skip
    statement = re.sub(r"--.*", "", str(query("bake/tiles")))
    statement = re.sub(r"(?<!:):(\w+)", lambda found: values[found[1]], statement)
    one_line = " ".join(statement.split())
    return (
        f"select m.* from bench_batch batch cross join lateral ({one_line}) as m"
        " where batch.id = (select nextval('bench_next'));\n"
    )


def _query() -> str:
    plain = TileQuery(SCOPE).as_json().replace("'", "''")
    return f"'{plain}'::json"


def pgbench(engine: Engine, url: str, script: str, clients: int, folder: Path, size: int) -> float:
    """Tiles a second when every row is asked for once."""
    file = folder / "script.sql"
    file.write_text(script)
    with engine.begin() as connection:
        connection.execute(text("alter sequence bench_next restart"))
        table = "bench_tile" if size == 1 else "bench_batch"
        rows = int(connection.execute(text(f"select count(*) from {table}")).scalar_one())
        tiles = int(connection.execute(text("select count(*) from bench_tile")).scalar_one())
    done = subprocess.run(
        ["pgbench", "-n", "-M", "prepared", "-f", str(file), "-c", str(clients), "-j", str(clients),
         "-t", str(rows // clients), url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1]) * tiles / rows
