"""Buildings, compounds, ground, facilities: tagged shapes as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from data.osm.mapping import OsmMapping, Tags
from data.osm.read import Object
from data.osm.tags import NO, address, english_name, floors, height_m, number
from data.osm.tally import Tally

Row = tuple[object, ...]

BUILDING_COLUMNS = ("source_key", "name", "name_en", "address", "use", "floors", "height_m", "geom")
COMPOUND_COLUMNS = ("source_key", "name", "name_en", "geom")
GROUND_COLUMNS = ("source_key", "kind", "name", "name_en", "geom")
FACILITY_COLUMNS = ("source_key", "category", "name", "name_en", "capacity", "opening_hours", "geom")


def building_rows(objects: Iterable[Object], mapping: OsmMapping, tally: Tally) -> Iterator[Row]:
    """Rows of `yike.building`."""
    for found in objects:
        tags = found.tags
        if tags["building"] in NO:
            tally.leave("not a building: building=no")
            continue
        if (outline := _polygons(found.shape)) is None:
            tally.leave("an outline without an area")
            continue
        tally.store(named="name" in tags)
        name, english = tags.get("name"), english_name(tags)
        yield (found.key, name, english if name else None, address(tags), _use(tags, mapping), floors(tags),
               height_m(tags), outline)  # fmt: skip


def compound_rows(objects: Iterable[Object], tally: Tally) -> Iterator[Row]:
    """Rows of `yike.compound`: residential land with a name."""
    for found in objects:
        if (outline := _polygons(found.shape)) is None:
            tally.leave("an outline without an area")
            continue
        tally.store(named=True)
        yield found.key, found.tags["name"], english_name(found.tags), outline


def ground_rows(objects: Iterable[Object], mapping: OsmMapping, tally: Tally) -> Iterator[Row]:
    """Rows of `yike.ground`. A line of water is drawn as wide as it says, or as its kind usually is."""
    for found in objects:
        tags = found.tags
        kind = mapping.ground_kind(tags)
        shape = found.shape
        if shape.geom_type == "LineString":
            if tags.get("waterway") not in mapping.waterway_width_m:
                tally.leave("an open ring")
                continue
            if tags.get("tunnel", "no") not in NO:
                tally.leave("water below the ground")
                continue
            width_m = number(tags.get("width")) or mapping.waterway_width_m[tags["waterway"]]
            shape, kind = _widened(shape, width_m), "water"
        outline = _polygons(shape)
        if outline is None or kind is None:
            tally.leave("an outline without an area" if outline is None else "a closed line of water")
            continue
        tally.store(named="name" in tags)
        yield found.key, kind, tags.get("name"), english_name(tags) if "name" in tags else None, outline


def facility_rows(objects: Iterable[Object], mapping: OsmMapping, tally: Tally) -> Iterator[Row]:
    """Rows of `yike.facility` from places of service."""

    def category(tags: Tags) -> str | None:
        found, tag = mapping.category(tags)
        if found is None:
            reason = "not a service one walks to" if tag in mapping.known_others else "no category for"
            tally.leave(f"{reason}: {tag}")
        return found

    return _facilities(objects, category, tally)


def stop_rows(objects: Iterable[Object], mapping: OsmMapping, tally: Tally) -> Iterator[Row]:
    """Rows of `yike.facility` from stops of public transport."""
    return _facilities(objects, mapping.stop_category, tally, suffix=":stop")


def _facilities(
    objects: Iterable[Object], category: Callable[[Tags], str | None], tally: Tally, *, suffix: str = ""
) -> Iterator[Row]:
    for found in objects:
        tags = found.tags
        if (code := category(tags)) is None:
            continue
        point = found.shape if found.shape.geom_type == "Point" else shapely.point_on_surface(found.shape)
        if point.is_empty:
            tally.leave("no geometry")
            continue
        tally.store(named="name" in tags)
        capacity = number(tags.get("capacity"))
        name = tags.get("name") or tags.get("brand") or tags.get("operator")
        yield (
            found.key + suffix,
            code,
            name,
            english_name(tags) if name else None,
            int(capacity) if capacity is not None and 1 <= capacity < 1e6 else None,
            tags.get("opening_hours"),
            point,
        )


def _use(tags: Tags, mapping: OsmMapping) -> str:
    told = mapping.building_use.get(tags["building"])
    if told:
        return told
    for key, uses in (
        ("amenity", {"school": "school", "kindergarten": "school", "college": "school", "university": "school",
                     "hospital": "hospital", "clinic": "hospital", "townhall": "civic", "police": "civic",
                     "place_of_worship": "religious"}),
        ("shop", {}),
        ("office", {}),
        ("tourism", {"hotel": "commercial", "museum": "civic"}),
    ):  # fmt: skip
        if key in tags:
            return uses.get(tags[key], {"shop": "commercial", "office": "office"}.get(key, "other"))
    return "other"


def _polygons(shape: BaseGeometry) -> shapely.MultiPolygon | None:
    """The areas of a shape as one multipolygon, made valid; None where it has none."""
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    # Twice: making valid may give a collection that holds a multipolygon.
    parts = shapely.get_parts(shapely.get_parts(valid)).tolist()
    polygons = [part for part in parts if part.geom_type == "Polygon" and part.area > 0]
    return shapely.MultiPolygon(polygons) if polygons else None


def _widened(line: BaseGeometry, width_m: float) -> BaseGeometry:
    """A line of water as the area it covers, in degrees."""
    lon, lat = line.coords[0]
    local = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84"
    to_metres = Transformer.from_crs("EPSG:4326", local, always_xy=True)
    to_degrees = Transformer.from_crs(local, "EPSG:4326", always_xy=True)
    metres = shapely.transform(line, lambda xy: np.column_stack(to_metres.transform(*xy.T)))
    wide = metres.buffer(width_m / 2, cap_style="flat", quad_segs=3)
    return shapely.transform(wide, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
