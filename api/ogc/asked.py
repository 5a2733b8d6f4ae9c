"""What a request asks for, as dependencies: a collection its reader may have, coordinates, a box, a filter."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from api.ogc.collections import COLLECTIONS, Collection, collection_of
from api.ogc.crs import CRS84, Frame, crs_of, read_box
from api.ogc.filters import Filter, Language, both, equal_to, parse
from api.ogc.read import Wanted, Written, read_interval
from api.parameters import Paging, Scope, Who
from geo.accounts.reader import Reader
from geo.datum import Datum
from geo.errors import InvalidInput, NotSignedIn

_CODED: tuple[Datum, ...] = ("wgs84", "cgcs2000")


def may_have(collection: Collection, who: Reader) -> bool:
    """Whether a reader may have a collection."""
    return collection.is_public or who.may("read")


def readable(
    who: Who, collection_id: Annotated[str, Path(description="One of `/ogc/collections`", examples=["building"])]
) -> Collection:
    """The collection of the path, if its reader may have it."""
    collection = collection_of(collection_id)
    if not may_have(collection, who):
        raise NotSignedIn("Sign in first.", hint=f"{collection.id} is not public.")
    return collection


Readable = Annotated[Collection, Depends(readable)]


def readable_ones(who: Who) -> list[Collection]:
    """All collections a reader may have."""
    return [collection for collection in COLLECTIONS.values() if may_have(collection, who)]


ReadableOnes = Annotated[list[Collection], Depends(readable_ones)]


def known_only(request: Request, *names: str) -> None:
    """Refuse parameters nobody knows here, as OGC API – Features wants it.

    Raises
    ------
    InvalidInput
        Naming the first, or one that is given twice.
    """
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in names:
            told = ", ".join(names) if names else "none"
            raise InvalidInput(f"There is no parameter {name[:40]!r}.", where=name[:40], hint=f"Those are {told}.")
        if given.count(name) > 1:
            raise InvalidInput("It is given twice.", where=name)


InDatum = Annotated[
    Datum | None, Query(description="Datum of all coordinates, in and out, where it is none that a CRS names")
]
Uri = Annotated[str | None, Query(description="URI of a CRS", examples=["http://www.opengis.net/def/crs/EPSG/0/4490"])]


def written(crs: Uri = None, datum: InDatum = None) -> Written:
    """How coordinates are to be written."""
    asked = crs_of(crs, "crs")
    if crs is not None and datum not in (None, "wgs84"):
        raise InvalidInput("A CRS names its datum itself.", where="datum", hint="Give `crs` or `datum`.")
    return Written(asked, datum or "wgs84")


InWriting = Annotated[Written, Depends(written)]


def frame_of(uri: str | None, where: str, datum: Datum | None) -> Frame:
    """How coordinates of a request are meant that has a CRS of its own for them.

    Raises
    ------
    InvalidInput
        When the CRS is none of ours, or stands beside a datum.
    """
    if uri is not None and datum is not None and datum not in _CODED:
        raise InvalidInput("A CRS names its datum itself.", where="datum", hint=f"Give `{where}` or `datum`.")
    return Frame(crs_of(uri, where) if uri else CRS84, datum or "wgs84")


def filter_of(
    collection: Collection, text: str | None, lang: Language | None, crs: str | None, datum: Datum | None
) -> Filter | None:
    """The filter of ``filter``, ``filter-lang`` and ``filter-crs``; None without one."""
    frame = frame_of(crs, "filter-crs", datum)
    if text is None:
        if lang is not None or crs is not None:
            raise InvalidInput("There is no filter.", where="filter")
        return None
    return parse(text, lang or "cql2-text", collection, frame)


FilterText = Annotated[
    str | None,
    Query(alias="filter", description="CQL2 over the queryables", examples=["floors > 6 AND use = 'residential'"]),
]
FilterLang = Annotated[Language | None, Query(alias="filter-lang", description="How it is written; text without it")]
FilterCrs = Annotated[
    str | None, Query(alias="filter-crs", description="URI of the CRS of shapes in it; CRS84 without")
]

_ITEMS = (
    "limit",
    "after",
    "bbox",
    "bbox-crs",
    "crs",
    "datum",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "area",
)


def items_wanted(
    request: Request,
    collection: Readable,
    scope: Scope,
    page: Paging,
    bbox: Annotated[
        str | None, Query(description="Corners in the order of the CRS", examples=["120.14,31.19,120.16,31.21"])
    ] = None,
    bbox_crs: Annotated[str | None, Query(alias="bbox-crs", description="URI of its CRS; CRS84 without")] = None,
    datum: InDatum = None,
    interval: Annotated[
        str | None,
        Query(alias="datetime", description="Moment or from/to. What knows no time is there at any"),
    ] = None,
    text: FilterText = None,
    lang: FilterLang = None,
    crs: FilterCrs = None,
) -> Wanted:
    """What a page of items is to hold. Every queryable is a parameter too: ``?use=residential``."""
    known_only(request, *_ITEMS, *collection.properties)
    given = {name: value for name, value in request.query_params.items() if name in collection.properties}
    return Wanted(
        scope,
        page.limit,
        page.after,
        read_box(bbox, frame_of(bbox_crs, "bbox-crs", datum)) if bbox is not None else None,
        read_interval(interval) if interval is not None else None,
        both(equal_to(given, collection), filter_of(collection, text, lang, crs, datum)),
    )


def described(request: Request) -> None:
    """For documents, which take no parameters."""
    known_only(request)


Plain = Depends(described)
Document = dict[str, Any]
