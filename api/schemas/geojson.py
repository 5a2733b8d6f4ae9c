"""GeoJSON (RFC 7946) as the API answers it."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from geo.datum import Datum

Properties = TypeVar("Properties")


class Geometry(BaseModel):
    """A geometry; coordinates are longitude, latitude in the collection's datum."""

    type: Literal["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString"]
    coordinates: list[Any]


class Feature(BaseModel, Generic[Properties]):
    """A feature."""

    type: Literal["Feature"] = "Feature"
    id: int
    geometry: Geometry | None
    properties: Properties


class FeatureCollection(BaseModel, Generic[Properties]):
    """A page of features; `next` leads to the following one."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    bbox: list[float] | None = None
    datum: Datum
    area: str | None = None
    limit: int | None = None
    next: str | None = None
    features: list[Feature[Properties]]


class Items(BaseModel, Generic[Properties]):
    """A list of things without geometry."""

    items: list[Properties]
    next: str | None = None
