"""Coverage and nearest workers on real streets, against a second engine on the same graph."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.random import PCG64, Generator
from sqlalchemy import Engine, text

from data.osm.mapping import osm_mapping
from geo.access.homes import Homes
from geo.access.store import CoverageStore
from geo.database.engine import make_engine
from geo.network.graph import Network
from geo.network.route import Leg
from geo.network.snap import snap
from geo.network.store import NetworkStore
from geo.network.trace import nearest_ways
from tests.oracles.network import seconds_between, seconds_to_nearest
from tests.verify.conftest import Figures

TITLE = "The network against scipy (central Nanjing)"
LIMIT_M = 250.0


def test_coverage_of_every_category_on_every_building(nanjing: Engine, figures: Figures) -> None:
    networks = NetworkStore(nanjing)
    store = CoverageStore(nanjing, networks, LIMIT_M)
    network = networks.network("walk")
    homes = Homes.load(nanjing)
    entrances = snap(network, homes.entrance_lon, homes.entrance_lat, limit_m=LIMIT_M)
    with nanjing.connect() as connection:
        rows = connection.execute(
            text("select category, st_x(geom) as lon, st_y(geom) as lat from yike.facility order by id")
        ).all()
    categories = sorted({row.category for row in rows})
    assert len(categories) >= 30
    assert set(categories) <= set(osm_mapping().facility.values()) | set(osm_mapping().stop.values())
    worst_s, unequal_reach = 0.0, 0
    for category in categories:
        chosen = [row for row in rows if row.category == category]
        facilities = snap(network, [row.lon for row in chosen], [row.lat for row in chosen], limit_m=LIMIT_M)
        expected = np.full(len(homes), np.inf)
        np.minimum.at(expected, homes.entrance_of, seconds_to_nearest(network, entrances, facilities))
        found = store.coverage(category, "walk").minutes * 60
        reached = np.isfinite(expected)
        unequal_reach += int((reached != np.isfinite(found)).sum())
        worst_s = max(worst_s, float(np.abs(found[reached] - expected[reached]).max(initial=0.0)))
    figures.add("buildings × categories compared", f"{len(homes)} × {len(categories)}")
    figures.add("largest difference in seconds (allowed: 0.1)", f"{worst_s:.2e}")
    figures.add("buildings reached by one engine only", str(unequal_reach))
    assert worst_s < 0.1
    assert unequal_reach == 0


def test_three_nearest_workers_of_a_hundred_devices(nanjing_url: str, figures: Figures) -> None:
    engine = make_engine(nanjing_url)
    network = NetworkStore(engine).network("walk")
    rng = Generator(PCG64(5))
    with engine.connect() as connection:
        west, south, east, north = connection.execute(
            text(
                "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e)"
                " from (select st_extent(geom) as e from yike.building) as b"
            )
        ).one()
    engine.dispose()
    places = rng.uniform((west, south), (east, north), (100, 2))
    workers = rng.uniform((west, south), (east, north), (60, 2))
    movers = snap(network, workers[:, 0], workers[:, 1], limit_m=LIMIT_M)
    worst_s, compared, walked_worst_s = 0.0, 0, 0.0
    for lon, lat in places:
        place = snap(network, [lon], [lat], limit_m=LIMIT_M)
        expected = seconds_between(network, movers, place)
        order = np.argsort(expected, kind="stable")[:3]
        order = order[np.isfinite(expected[order])]
        ways = nearest_ways(network, place, movers, 3)
        assert len(ways) == len(order)
        for way, who in zip(ways, order.tolist(), strict=True):
            # Of equal seconds either may come first; the seconds themselves are equal then.
            worst_s = max(worst_s, abs(way.seconds - float(expected[who])))
            if np.sum(np.isclose(expected, expected[who], atol=1e-6)) == 1:
                assert way.mover == who
            pieces_s = _walked_s(network, way.legs) + movers.access_s[way.mover] + place.access_s[0]
            walked_worst_s = max(walked_worst_s, abs(pieces_s - way.seconds))
            compared += 1
    figures.add("ways compared (3 of 60 workers to each of 100 devices)", str(compared))
    figures.add("largest difference of their seconds to brute force", f"{worst_s:.2e}")
    figures.add("largest difference between a way's seconds and its own pieces", f"{walked_worst_s:.2e}")
    assert compared > 200
    assert worst_s < 1e-6
    assert walked_worst_s < 1e-6


def _walked_s(network: Network, legs: Iterable[Leg]) -> float:
    total = 0.0
    for leg in legs:
        seconds = network.along_s if leg.end > leg.start else network.against_s
        total += abs(leg.end - leg.start) * float(seconds[leg.edge])
    return total
