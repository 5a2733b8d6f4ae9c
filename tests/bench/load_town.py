"""Writes a grid town into a database, as if it had been imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from geo.database.bulk import copy_rows
from geo.mercator import to_degrees
from tests.bench.grid_town import GridTown


def load_town(engine: Engine, town: GridTown) -> list[str]:
    """Streets, buildings with entrances, facilities; returns the codes its twelve categories got.

    Numbers are kept: node ``i`` is row ``i + 1``, edges, buildings and facilities have their ids.
    """
    graph, homes, facilities = town.graph, town.homes, town.facilities
    with engine.begin() as connection:
        codes: list[str] = list(
            connection.execute(text("select code from yike.facility_category order by code limit 12")).scalars()
        )
        copy_rows(connection, "yike.street_node", ("id", "geom"), _nodes(town))
        copy_rows(
            connection,
            "yike.street",
            ("id", "from_node_id", "to_node_id", "street_class", "length_m", "walk", "cycle", "drive", "geom"),
            zip(
                graph.edge_id.tolist(), (graph.tail + 1).tolist(), (graph.head + 1).tolist(),
                _always("residential", len(graph.tail)), graph.length_m.tolist(), graph.walk.tolist(),
                graph.cycle.tolist(), graph.cycle.tolist(), _in_degrees(graph.lines), strict=True,
            ),
        )  # fmt: skip
        shapes = shapely.multipolygons([[one] for one in _in_degrees(homes.outline)])
        copy_rows(
            connection, "yike.building", ("id", "use", "geom"),
            zip(homes.building_id.tolist(), _always("residential", len(homes)), shapes, strict=True),
        )  # fmt: skip
        doors = np.asarray(shapely.points(homes.entrance_lon, homes.entrance_lat), object)
        copy_rows(
            connection, "yike.entrance", ("id", "building_id", "label", "geom"),
            zip(homes.entrance_id.tolist(), homes.building_id[homes.entrance_of].tolist(), _always("1", len(doors)),
                doors, strict=True),
        )  # fmt: skip
        places = np.asarray(shapely.points(facilities.lon, facilities.lat), object)
        category = [codes[int(one[1:])] for one in facilities.category.tolist()]
        copy_rows(
            connection, "yike.facility", ("id", "category", "geom"),
            zip(facilities.id.tolist(), category, places, strict=True),
        )  # fmt: skip
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
    return codes


def _nodes(town: GridTown) -> Iterator[tuple[int, Any]]:
    graph = town.graph
    place: dict[int, Any] = {}
    for nodes, at in ((graph.tail, 0), (graph.head, -1)):
        points = _in_degrees(shapely.get_point(graph.lines, at))
        place |= dict(zip(nodes.tolist(), points, strict=True))
    return ((node + 1, point) for node, point in place.items())


def _in_degrees(shapes: Any) -> Any:
    return shapely.transform(shapes, _degrees_of)


def _degrees_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(to_degrees(points[:, 0], points[:, 1]))


def _always(value: str, count: int) -> list[str]:
    return [value] * count
