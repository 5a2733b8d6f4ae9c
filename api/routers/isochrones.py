"""How far one gets in so many minutes, as areas or as sections of streets."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
from fastapi import APIRouter, Response

from api.features import GEOJSON, geometries
from api.parameters import Bundle, Who, bound, place
from api.schemas.isochrones import MOST_ORIGINS, IsochroneCollection, IsochroneIn
from api.services import Services
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.errors import InvalidInput, NotFound
from geo.network.ends import leaving
from geo.network.graph import Network
from geo.network.isochrone import Isochrone, area_m2
from geo.network.snap import Snaps, snap
from geo.network.unconnected import is_connected, metres_to_a_street

router = APIRouter(prefix="/api/v1", tags=["ways"])


@router.post("/isochrones", responses={200: {"model": IsochroneCollection}}, response_class=Response)
def isochrones(bundle: Bundle, who: Who, body: IsochroneIn) -> Response:
    """What is reached within each of the times from the places asked about, all of them as one source.

    Areas reach 40 m beside reached streets, stop at walls, and leave out what no reached street leads to. Sections are
    cut exactly where the time runs out, each with the shortest of the times that holds it.
    """
    network = bundle.networks.network(body.profile)
    lon, lat = _origins(bundle, who, body)
    origins = snap(network, lon, lat, limit_m=bundle.settings.snap_limit_m)
    head: dict[str, Any] = {
        "type": "FeatureCollection",
        "datum": body.datum,
        "profile": body.profile,
        "direction": body.direction,
        "unjoined": _unjoined(network, origins, body.datum),
        "islands": np.flatnonzero(origins.joined & ~is_connected(network, leaving(network, origins))).tolist(),
    }
    features: list[bytes] = []
    if origins.joined.any():
        minutes = sorted(set(body.minutes))
        found = Isochrone.search(network, origins, limit_s=minutes[-1] * 60, direction=body.direction)
        write = _areas if body.shape == "polygons" else _sections
        features = write(found, minutes, body.datum)
    else:
        head["reason"] = f"No street lies within {bundle.settings.snap_limit_m:.0f} m of any of the places."
    answer = orjson.dumps(head)[:-1] + b',"features":[' + b",".join(features) + b"]}"
    return Response(answer, media_type=GEOJSON, headers={"Cache-Control": "no-store"})


def _origins(bundle: Services, who: Reader, body: IsochroneIn) -> tuple[list[float], list[float]]:
    """WGS 84 degrees."""
    if body.origins is not None:
        places = [place(*origin, body.datum) for origin in body.origins]
        return [x for x, _ in places], [y for _, y in places]
    name, key = ("building", body.building_id) if body.building_id is not None else ("facility", body.facility_id)
    statement = query("network/building_doors" if name == "building" else "network/facility_place")
    with bundle.engine.connect() as connection:
        rows = connection.execute(statement, bound(who.scope, id=key)).all()
    if not rows:
        raise NotFound(f"There is no {name} {key}.", where=f"{name}_id")
    if len(rows) > MOST_ORIGINS:
        raise InvalidInput(f"It has {len(rows)} entrances; {MOST_ORIGINS} are the most.", where=f"{name}_id")
    return [row.lon for row in rows], [row.lat for row in rows]


def _unjoined(network: Network, origins: Snaps, datum: Datum) -> list[dict[str, Any]]:
    rows = np.flatnonzero(~origins.joined)
    metres = metres_to_a_street(network, origins.lon[rows], origins.lat[rows])
    lon, lat = convert(origins.lon[rows], origins.lat[rows], source="wgs84", target=datum)
    return [
        {
            "origin": int(row),
            "lon": round(float(x), 7),
            "lat": round(float(y), 7),
            "distance_m": round(float(far), 1) if np.isfinite(far) else None,
        }
        for row, x, y, far in zip(rows, lon, lat, metres, strict=True)
    ]


def _areas(found: Isochrone, minutes: list[float], datum: Datum) -> list[bytes]:
    areas = [found.area(each * 60) for each in minutes]
    written = geometries(np.array(areas, object), datum)
    return [
        _feature(
            number,
            "null" if area.is_empty else geometry,
            {"minutes": each, "area_m2": round(area_m2(area), 1)},
        )
        for number, (each, area, geometry) in enumerate(zip(minutes, areas, written, strict=True), 1)
    ]


def _sections(found: Isochrone, minutes: list[float], datum: Datum) -> list[bytes]:
    network = found.network
    sections = found.sections(np.array(minutes) * 60)
    ids, names = network.graph.edge_id[sections.edge].tolist(), network.graph.names
    rows = zip(
        geometries(sections.lines(network), datum), sections.band.tolist(), ids, sections.edge.tolist(), strict=True
    )
    return [
        _feature(number, geometry, {"minutes": minutes[band], "street_id": key, "name": names[edge]})
        for number, (geometry, band, key, edge) in enumerate(rows, 1)
    ]


def _feature(number: int, geometry: str, properties: dict[str, Any]) -> bytes:
    return b'{"type":"Feature","id":%d,"geometry":%b,"properties":%b}' % (
        number,
        geometry.encode(),
        orjson.dumps(properties),
    )
