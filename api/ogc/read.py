"""Features of a collection from its view: a page, one, or the ids a tile may show.

The one place where statements are composed rather than read from `.sql` files: a CQL2 filter can be any condition.
SQLAlchemy composes them, over columns of the collection's view and bound values only.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import shapely
from psycopg2 import errorcodes
from sqlalchemy import ColumnElement, Engine, RowMapping, Select, and_, func, literal, select, true
from sqlalchemy.exc import DBAPIError

from api.features import in_datum
from api.ogc.collections import Collection
from api.ogc.compose import meets, moment
from api.ogc.crs import CRS84, Crs
from api.ogc.filters import Filter
from geo.datum import Datum
from geo.errors import InvalidInput
from geo.scope import AreaScope
from tiles.address import EXTENT, TileAddress

# No tile's functions look farther beyond its edge.
_MARGIN = 256 / EXTENT
_MADE_WRONG = (errorcodes.INTERNAL_ERROR, errorcodes.INVALID_TEXT_REPRESENTATION)


@dataclass(frozen=True)
class Wanted:
    """What a request for features wants: those after an id, in a box, at a time, that a filter lets through."""

    scope: AreaScope
    limit: int = 1
    after: int = 0
    box: shapely.Geometry | None = None
    during: tuple[datetime | None, datetime | None] | None = None
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How coordinates are to be written: in a CRS, or in the order of CRS84 in a datum that has no code."""

    crs: Crs = CRS84
    datum: Datum = "wgs84"

    @property
    def digits(self) -> int:
        """Decimals: about a centimetre, a millimetre."""
        return 3 if self.crs.is_metric else 7


def page(collection: Collection, wanted: Wanted, written: Written) -> Select[Any]:
    """The statement of a page, in the order of ids: the index on them answers it, however far back it lies."""
    view = collection.view
    found = _features(collection, written).where(view.c.id > wanted.after, _in_scope(collection, wanted.scope))
    if wanted.box is not None:
        found = found.where(meets(view, wanted.box))
    if wanted.during is not None and collection.since is not None and wanted.during[1] is not None:
        # What has come into being by the end of it; nothing here says when a thing ceases to be.
        found = found.where(view.c[collection.since] <= wanted.during[1])
    if wanted.filter is not None:
        found = found.where(wanted.filter.condition)
    return found.order_by(view.c.id).limit(wanted.limit)


def read_page(engine: Engine, collection: Collection, wanted: Wanted, written: Written) -> list[bytes]:
    """The features of a page as GeoJSON, in the order of ids.

    Raises
    ------
    InvalidInput
        When the database can make nothing of a filter's shapes.
    DatabaseUnavailable
        When the filter takes longer than one statement may.
    """
    return [_feature(row, collection, written) for row in _run(engine, page(collection, wanted, written))]


def read_one(engine: Engine, collection: Collection, key: int, scope: AreaScope, written: Written) -> bytes | None:
    """One feature as GeoJSON; None where there is none, or not for this reader."""
    view = collection.view
    rows = _run(engine, _features(collection, written).where(view.c.id == key, _in_scope(collection, scope)))
    return _feature(rows[0], collection, written) if rows else None


def ids_in_tile(
    engine: Engine, collection: Collection, address: TileAddress, scope: AreaScope, wanted: Filter
) -> list[int]:
    """Ids of what a filter lets through in a tile and its margin, sorted."""
    view = collection.view
    around = func.st_makeenvelope(*(literal(one) for one in address.bounds(margin=_MARGIN)), 3857)
    found = select(view.c.id).where(view.c.geom_3857.op("&&")(around), _in_scope(collection, scope), wanted.condition)
    return [row["id"] for row in _run(engine, found.order_by(view.c.id))]


def read_interval(text: str) -> tuple[datetime | None, datetime | None]:
    """The beginning and end of ``datetime=``: a moment, a day, or two of them by ``/``; None where it is open.

    Raises
    ------
    InvalidInput
        When it is none.
    """
    parts = text.split("/")
    if len(parts) > 2:
        raise InvalidInput(f"{text[:80]!r} is no interval.", where="datetime", hint="From/to, or one moment.")
    ends = [None if part in ("", "..") and len(parts) == 2 else _moment(part) for part in parts]
    first, last = ends[0], ends[-1]
    if first is not None and last is not None and first > last:
        raise InvalidInput("The interval ends before it begins.", where="datetime")
    return first, last


def _moment(text: str) -> datetime:
    with suppress(InvalidInput):
        return moment({"timestamp": text})
    raise InvalidInput(f"{text[:40]!r} is no time.", where="datetime", hint="As 2026-05-01T08:00:00Z, or 2026-05-01.")


def _features(collection: Collection, written: Written) -> Select[Any]:
    view = collection.view
    shape: ColumnElement[Any] = view.c.geom
    if written.crs.srid != 4326:
        shape = func.st_transform(shape, literal(written.crs.srid))
    if written.crs.north_first:
        shape = func.st_flipcoordinates(shape)
    return select(
        *(view.c[name] for name in collection.properties),
        func.st_asgeojson(shape, literal(written.digits)).label("geometry_json"),
    )


def _in_scope(collection: Collection, scope: AreaScope) -> ColumnElement[bool]:
    if not collection.has_path:
        return true()
    path = collection.view.c.scope_path
    return and_(path >= literal(scope.lower), path < literal(scope.upper))


def _run(engine: Engine, statement: Select[Any]) -> Sequence[RowMapping]:
    try:
        with engine.connect() as connection:
            return connection.execute(statement).mappings().all()
    except DBAPIError as error:
        code = getattr(error.orig, "pgcode", None) or ""
        # Data exceptions, and what PostGIS says of shapes it cannot compare.
        if code.startswith("22") or code in _MADE_WRONG:
            raise InvalidInput("The database can make nothing of this filter.", where="filter") from error
        raise


def _feature(row: RowMapping, collection: Collection, written: Written) -> bytes:
    feature: dict[str, Any] = {
        "type": "Feature",
        "id": row["id"],
        "geometry": orjson.Fragment(row["geometry_json"]),
        "properties": {name: row[name] for name in collection.properties},
    }
    if written.datum not in ("wgs84", "cgcs2000"):
        feature = in_datum({**feature, "geometry": orjson.loads(row["geometry_json"])}, written.datum)
    return orjson.dumps(feature, option=orjson.OPT_UTC_Z)
