"""Ways from one place to another."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Response

from api.features import GEOJSON, line
from api.parameters import Bundle, place
from api.schemas.access import Route, RouteIn
from geo.errors import InvalidInput, NotFound
from geo.network.route import route
from geo.network.snap import snap

router = APIRouter(prefix="/api/v1", tags=["ways"])


@router.post("/routes", responses={200: {"model": Route}}, response_class=Response)
def make_route(bundle: Bundle, body: RouteIn) -> Response:
    """The quickest way from one place to another."""
    limit_m = bundle.settings.snap_limit_m
    network = bundle.networks.network(body.profile)
    ends = []
    for name, given in (("from", body.origin), ("to", body.destination)):
        lon, lat = place(given.lon, given.lat, body.datum)
        end = snap(network, [lon], [lat], limit_m=limit_m)
        if not end.joined[0]:
            raise InvalidInput(f"No street lies within {limit_m:.0f} m of it.", where=name)
        ends.append(end)
    way = route(network, ends[0], ends[1])
    if way is None:
        raise NotFound("No way leads there.", hint="The two places lie on streets that are not connected.")
    feature = {
        "type": "Feature",
        "geometry": line(way.coordinates, body.datum),
        "properties": {
            "seconds": round(way.seconds, 1),
            "length_m": round(way.length_m, 1),
            "profile": body.profile,
        },
    }
    return Response(orjson.dumps(feature), media_type=GEOJSON, headers={"Cache-Control": "no-store"})
