"""Times and lengths from many places to many others."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from numpy.typing import NDArray
from pydantic import ValidationError

from api.packed import body_of
from api.parameters import Bundle
from api.schemas.matrix import Matrix, MatrixIn
from api.services import Services
from geo.datum import convert
from geo.network.graph import Network
from geo.network.matrix import matrix
from geo.network.snap import Snaps, snap
from geo.network.unconnected import metres_to_a_street

router = APIRouter(prefix="/api/v1", tags=["ways"])

MOST_BYTES = 1024 * 1024
"""Ten times what the most places take, so that somewhat too many are told how many they are."""
_PACKED_FROM = 1400


@router.post(
    "/matrix",
    responses={200: {"model": Matrix}},
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": MatrixIn.model_json_schema()}},
        }
    },
)
async def make_matrix(request: Request, bundle: Bundle) -> Response:
    """Seconds, and metres if wanted, of the quickest ways from up to 1000 places to up to 1000 others."""
    body = await body_of(request, MOST_BYTES)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    return await run_in_threadpool(_answer, bundle, body, packed=packed)


def _answer(bundle: Services, body: bytes, *, packed: bool) -> Response:
    try:
        asked = MatrixIn.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None
    network = bundle.networks.network(asked.profile)
    limit_m = bundle.settings.snap_limit_m
    sources = _joined(network, asked.sources, asked, limit_m)
    targets = sources if asked.targets is None else _joined(network, asked.targets, asked, limit_m)
    seconds = matrix(network, sources, targets)
    answer: dict[str, Any] = {"profile": asked.profile, "seconds": _rounded(seconds)}
    if asked.lengths:
        answer["length_m"] = _rounded(seconds * network.rule.speed_mps)
    answer["unjoined"] = {
        "sources": _unjoined(network, sources, limit_m),
        "targets": _unjoined(network, targets, limit_m),
    }
    text = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if packed and len(text) >= _PACKED_FROM:
        # Packed here, in a thread: the application would pack megabytes while all others wait.
        text = gzip.compress(text, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    return Response(text, media_type="application/json", headers=headers)


def _joined(network: Network, places: list[tuple[float, float]], asked: MatrixIn, limit_m: float) -> Snaps:
    given = np.array(places)
    lon, lat = convert(given[:, 0], given[:, 1], source=asked.datum, target="wgs84")
    return snap(network, lon, lat, limit_m=limit_m)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    # What is infinite is written as null.
    return np.ascontiguousarray(values.round(1))


def _unjoined(network: Network, places: Snaps, limit_m: float) -> list[dict[str, Any]]:
    rows = np.flatnonzero(~places.joined)
    metres = metres_to_a_street(network, places.lon[rows], places.lat[rows])
    return [
        {
            "index": row,
            "reason": "behind a wall" if far <= limit_m else "too far",
            "distance_m": round(far, 1) if np.isfinite(far) else None,
        }
        for row, far in zip(rows.tolist(), metres.tolist(), strict=True)
    ]
