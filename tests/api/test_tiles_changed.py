"""News of tiles on the live stream, and clusters that stay true while devices change."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import pytest
from sqlalchemy import text

from geo.live.changes import number_changes
from geo.mercator import HALF_WORLD_M, to_mercator
from tests.api.conftest import Service
from tests.api.test_live import Event, listening, send
from tests.world import LAT, LON, STEP
from tiles.address import TileAddress
from tiles.layers import CLUSTERS_BELOW_ZOOM, LAYERS

RENAMED = {"building": ["13/6826/3353", "14/13653/6706", "15/27306/13413", "16/54613/26827"]}
MOVED = {"device": ["14/13653/6706", "15/27306/13413", "16/54613/26827"]}
ALL = {name: ["*"] for name, layer in LAYERS.items() if not layer.lives}

ADD = """insert into yike.device (external_id, kind, name, path, geom)
  select :prefix || k, 'manhole', 'm', '320100', st_setsrid(st_makepoint(120.002 + k * :east, 31 - k * :south), 4326)
  from generate_series(1, :count) as k"""


def write(service: Service, statement: str, **values: Any) -> None:
    with service.engine.begin() as connection:
        connection.execute(text(statement), values)
    number_changes(service.engine)


def rename(service: Service, name: str) -> None:
    write(service, "update yike.building set name = :name where id = :id", name=name, id=service.world.home)


def shake(service: Service, by: float) -> None:
    """Move a device by so many metres, to and fro."""
    write(service, "update yike.device set geom = st_translate(geom, :by, 0) where id = :id",
          by=by / 1e5, id=service.world.devices["gas"])  # fmt: skip


def tiles_of(events: Iterator[Event]) -> dict[str, list[str]]:
    """The next news of tiles."""
    return next(data["tiles"] for _, _, data in events if data.get("tiles"))


@pytest.fixture(autouse=True)
def quiet(service: Service) -> None:
    """Whatever came before is told: the stream has caught up."""
    number_changes(service.engine)
    send(service, "waste_camera", {"fill_pct": 1})
    with listening(service) as events:
        seq = next(events)[2]["seq"]
        with service.engine.connect() as connection:
            last = connection.execute(text("select last_seq from yike.live_clock")).scalar_one()
        while seq < last:
            seq = next(events)[2]["seq"]


def test_an_edit_names_its_tiles_and_is_resumed(service: Service) -> None:
    with listening(service) as events:
        number, name, data = next(events)
        assert (name, data["tiles"]) == ("snapshot", {})
        rename(service, "7幢")
        assert tiles_of(events) == RENAMED
    shake(service, 1)
    with listening(service, last_event_id=number) as events:
        # What was told and what was missed since, together.
        assert tiles_of(events) == RENAMED | MOVED


def test_who_may_not_see_an_area_hears_of_no_tile_of_its_devices(service: Service) -> None:
    write(service, "insert into yike.area (level, label, path, name, geom) select 'district', 'other', 'other', 'o',"
          " geom from yike.area where path = '320100' on conflict do nothing")  # fmt: skip
    with listening(service, area="other") as elsewhere, listening(service, area=service.world.path) as here:
        next(elsewhere)
        next(here)
        shake(service, -1)
        assert next(data for _, _, data in here if "device" in data["tiles"])["tiles"]["device"] == MOVED["device"]
        rename(service, "8幢")
        heard: set[str] = set()
        while "building" not in heard:
            _, _, data = next(elsewhere)
            heard |= set(data["tiles"])
        assert "device" not in heard


def test_a_hundred_moves_are_a_few_lists(service: Service) -> None:
    with listening(service) as events:
        next(events)
        lists = 0
        for n in range(100):
            shake(service, 1 if n % 2 else -1)
        rename(service, "9幢")
        for _, _, data in events:
            lists += "device" in data["tiles"]
            if "building" in data["tiles"]:
                break
        # Written as fast as the machine can: at most two lists a second, and the first and the last.
        assert 1 <= lists <= 12


def test_after_a_reset_every_tile_is_news(service: Service) -> None:
    with listening(service) as events:
        number = next(events)[0]
        write(service, "insert into yike.change (entity) values ('reset')")
        assert next(name for _, name, _ in events if name == "reset")
        assert next(events)[2]["tiles"] == ALL
    with listening(service, last_event_id=f"{number.partition(':')[0]}:0") as events:
        assert next(events)[1] == "reset"
        assert next(events)[2]["tiles"] == ALL


def _clusters(service: Service, address: TileAddress) -> list[dict[str, Any]]:
    answer = service.http.get(f"/tiles/device_status/{address}.mvt", headers={"Cache-Control": "no-cache"})
    if not answer.content:
        return []
    return [f["properties"] for f in mapbox_vector_tile.decode(answer.content)["device_status"]["features"]]


def _around(z: int) -> list[TileAddress]:
    x, y = (float(value) for value in to_mercator(LON + 2 * STEP, LAT + STEP))
    size = 2 * HALF_WORLD_M / (1 << z)
    column, row = int((x + HALF_WORLD_M) // size), int((HALF_WORLD_M - y) // size)
    reach = range(-1, 2)
    return [TileAddress(z, column + i, row + j) for i in reach for j in reach if 0 <= row + j < 1 << z]


def _sums(service: Service, z: int) -> tuple[int, int, int, dict[str, int]]:
    clusters = [cluster for address in _around(z) for cluster in _clusters(service, address)]
    by_kind: Counter[str] = Counter()
    for cluster in clusters:
        by_kind.update(json.loads(cluster["by_kind"]))
    total, abnormal, offline = (sum(c[name] for c in clusters) for name in ("total", "abnormal", "offline"))
    return total, abnormal, offline, dict(by_kind)


def test_clusters_are_true_at_every_zoom_while_devices_change(service: Service) -> None:
    """Two come and go together, two turn grey together: every tile shows a moment between two commits."""
    done = threading.Event()
    pair = [service.world.devices["smoke"], service.world.devices["gas"]]

    def work() -> None:
        n = 0
        while not done.is_set():
            n += 1
            write(service, ADD, prefix="pair-", count=2, east=n % 100 * 1e-5, south=0.0)
            write(
                service, "insert into yike.device_offline (device_id) select unnest(cast(:pair as bigint[]))", pair=pair
            )
            write(service, "update yike.device set geom = st_translate(geom, 0.0005, 0) where external_id ~ '^pair-'")
            write(service, "delete from yike.device_offline where device_id = any(:pair)", pair=pair)
            write(service, "delete from yike.device where external_id ~ '^pair-'")

    writer = threading.Thread(target=work)
    writer.start()
    seen: Counter[tuple[int, int]] = Counter()
    try:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            for z in (4, 9, 12):
                # One tile holds the hamlet.
                for cluster in [_clusters(service, _around(z)[4])]:
                    total, offline = (sum(c[name] for c in cluster) for name in ("total", "offline"))
                    kinds: Counter[str] = Counter()
                    for c in cluster:
                        kinds.update(json.loads(c["by_kind"]))
                    assert sum(kinds.values()) == total
                    seen[total, offline] += 1
    finally:
        done.set()
        writer.join()
    assert set(seen) <= {(6, 0), (8, 0), (8, 2), (6, 2)}, seen
    assert len(seen) > 1, "nothing changed meanwhile"
    # Some stay, in all states, spread over tiles.
    write(service, ADD, prefix="stay-", count=40, east=4e-4, south=4e-4)
    write(
        service, "insert into yike.device_offline (device_id) select id from yike.device where external_id ~ '^stay-1'"
    )
    send(service, "gas", {"gas_lel_pct": 50})
    with service.engine.connect() as connection:
        rows = connection.execute(text("select kind, status, count(*) from yike.device_live group by 1, 2")).all()
    by_kind: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    for kind, status, number in rows:
        by_kind[kind] += number
        by_status[status] += number
    table = (sum(by_kind.values()), by_status["abnormal"], by_status["offline"], dict(by_kind))
    assert table[1:3] == (1, 11)
    until = time.monotonic() + 10
    while _sums(service, 4) != table and time.monotonic() < until:
        time.sleep(0.05)
    for z in range(4, CLUSTERS_BELOW_ZOOM):
        assert _sums(service, z) == table, z
