"""Query parameters that many routes share, as dependencies: area scope, box, datum, paging."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from api.callers import Caller
from api.services import Services
from geo.accounts.reader import Reader, Right
from geo.database.sql import query
from geo.datum import Datum, convert
from geo.errors import InvalidInput, NotAllowed, NotFound
from geo.scope import AreaScope
from tiles.region import WORLD, bounds_of
from tiles.tilejson import Bounds

MAX_LIMIT = 10_000


# Dependencies that wait for nothing are coroutines: a plain function costs a request the way to a thread and back.


async def services(request: Request) -> Services:
    """The services of this application."""
    found: Services = request.app.state.services
    return found


Bundle = Annotated[Services, Depends(services)]


async def caller(request: Request) -> Caller:
    """Who asks, as the gate found out."""
    found: Caller = request.state.caller
    return found


async def reader(who: Annotated[Caller, Depends(caller)]) -> Reader:
    """The person or source that asks."""
    return who.reader


Who = Annotated[Reader, Depends(reader)]


def needs(*rights: Right) -> Callable[[Reader], Awaitable[Reader]]:
    """A dependency: whoever asks, if they have one of these rights; 403 otherwise."""

    async def check(who: Who) -> Reader:
        if not who.may(*rights):
            raise NotAllowed("Your account may not do this.", hint=f"It needs the right to {' or '.join(rights)}.")
        return who

    return check


Dispatcher = Annotated[Reader, Depends(needs("dispatch"))]
Closer = Annotated[Reader, Depends(needs("plan", "dispatch"))]
"""Who may close a street."""
Administrator = Annotated[Reader, Depends(needs("administer"))]


async def _of_everything(who: Administrator) -> Reader:
    if who.scope != AreaScope.everything():
        raise NotAllowed("This holds everywhere.", hint="An administrator without an area sees to it.")
    return who


AdministratorOfAll = Annotated[Reader, Depends(_of_everything)]
"""For what holds everywhere, and not for one area: rules, sources of readings."""
InDatum = Annotated[Datum, Query(description="Datum of all coordinates, in and out")]


async def area_scope(
    bundle: Bundle,
    who: Who,
    area: Annotated[
        str | None,
        Query(description="Id or path of an area; without it all real data, or the sample where there is nothing else"),
    ] = None,
) -> AreaScope:
    """The scope a request asks for, within what its reader may see. Sample data is never mixed in unasked."""
    if area is None:
        # A wider choice would only be narrowed again; a sample account beside real data still sees its own.
        if who.scope != AreaScope.everything():
            return who.scope
        known = bundle.known_default_scope()
        return known if known is not None else await run_in_threadpool(bundle.default_scope)
    found = await run_in_threadpool(_path_of, bundle, area)
    if found is None or found not in who.scope:
        raise NotFound(f"There is no area {area[:80]!r}.", where="area")
    return AreaScope.below(found)


def _path_of(bundle: Services, area: str) -> str | None:
    number = int(area) if area.isascii() and area.isdigit() and len(area) < 19 else None
    with bundle.engine.connect() as connection:
        found: str | None = connection.execute(
            query("places/area_path"), {"id": number, "path": area}
        ).scalar_one_or_none()
    return found


Scope = Annotated[AreaScope, Depends(area_scope)]


def service_bounds(bundle: Services, scope: AreaScope) -> Bounds:
    """West, south, east, north of what lies in a scope, in degrees; the whole world where nothing does."""
    with bundle.engine.connect() as connection:
        return bounds_of(connection, scope) or WORLD


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box in WGS 84 degrees."""

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0


async def bounding_box(
    bbox: Annotated[
        str | None, Query(description="west,south,east,north in degrees", examples=["120.14,31.19,120.16,31.21"])
    ] = None,
    datum: InDatum = "wgs84",
) -> Box:
    """The box of ``?bbox=``, in WGS 84 whatever datum it came in."""
    if bbox is None:
        return Box()
    hint = "Four numbers: west,south,east,north in degrees."
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise InvalidInput(f"{bbox[:80]!r} is no bounding box.", where="bbox", hint=hint) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput(f"{bbox[:80]!r} spans nothing on earth.", where="bbox", hint=hint)
    (west, east), (south, north) = convert([west, east], [south, north], source=datum, target="wgs84")
    return Box(float(west), float(south), float(east), float(north))


BoundingBox = Annotated[Box, Depends(bounding_box)]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a collection in the order of ids: at most `limit` rows with an id above `after`."""

    limit: int
    after: int


async def paging(
    limit: Annotated[int, Query(ge=1, description=f"Rows a page; above {MAX_LIMIT} it is {MAX_LIMIT}")] = 1000,
    after: Annotated[int, Query(ge=0, description="The last id of the page before; `next` carries it")] = 0,
) -> Page:
    """The page asked for. A limit beyond the largest is cut to it, as OGC API – Features wants."""
    return Page(min(limit, MAX_LIMIT), min(after, 2**62))


Paging = Annotated[Page, Depends(paging)]


def bound(scope: AreaScope, *more: Box | Page, **values: object) -> dict[str, object]:
    """The parameters of a statement: the scope's range, a box, a page, and what else it takes."""
    parameters: dict[str, object] = {"lower": scope.lower, "upper": scope.upper}
    for part in more:
        parameters |= asdict(part)
    return parameters | values


def place(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """A point given in `datum`, as WGS 84.

    Raises
    ------
    InvalidInput
        When it is not on earth.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInput(f"({lon}, {lat}) is not on earth.", where="lon, lat", hint="Degrees; were they swapped?")
    x, y = convert(lon, lat, source=datum, target="wgs84")
    return float(x), float(y)
