"""GeoPackage, Shapefile and GeoJSON: attributes as text, shapes in degrees."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from data.tables.sheet import Shapes, Sheet, as_text, tidy_columns
from geo.datum import Datum
from geo.errors import ImportFailed, InvalidInput

_WGS84, _CGCS2000 = CRS.from_epsg(4326), CRS.from_epsg(4490)


def read_vector(path: Path, *, layer: str | None = None, encoding: str | None = None, told: bool = False) -> Sheet:
    """Read one layer; shapes are transformed to degrees of WGS 84, or of CGCS2000 where the file is in that.

    Parameters
    ----------
    layer : str, optional
        Needed when the file holds several.
    told : bool
        Whether the person says the datum, so that a file without one will do.

    Raises
    ------
    ImportFailed
        When it cannot be read, or its coordinates are not what it says they are.
    """
    frame = _frame(path, _one_layer(path, layer), encoding)
    names = [name for name in frame.columns if name != getattr(frame, "_geometry_column_name", "")]
    texts = [[as_text(value) for value in _objects(frame[name])] for name in names]
    rows = [list(row) for row in zip(*texts, strict=True)] if names else [[] for _ in range(len(frame))]
    sheet = Sheet(path, tidy_columns(map(str, names)), rows, list(range(1, len(frame) + 1)))
    if not len(frame):
        raise ImportFailed("The layer is empty.", where=str(path))
    if isinstance(frame, geopandas.GeoDataFrame):
        shapes = shapely.force_2d(np.array(frame.geometry.values, object))
        sheet.shapes, sheet.datum, sheet.says = _in_degrees(path, shapes, frame.crs, told)
        sheet.notes.append(sheet.says)
    return sheet


def _objects(column: Any) -> list[Any]:
    """A column's values, None for each kind of nothing that pandas knows."""
    return list(column.astype(object).where(column.notna(), None))


def _one_layer(path: Path, layer: str | None) -> str | None:
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(path, error) from None
    if layer is not None and layer not in names:
        raise InvalidInput(f"There is no layer {layer!r}.", where="--sheet", hint=f"One of: {', '.join(names)}.")
    if layer is None and len(names) > 1:
        raise InvalidInput(
            f"The file holds {len(names)} layers.", where=str(path), hint=f"Say which: --sheet {' | '.join(names)}"
        )
    return layer or (names[0] if names else None)


def _frame(path: Path, layer: str | None, encoding: str | None) -> Any:
    """The attributes of a Shapefile are UTF-8 if they are that strictly, else GB18030, unless it says so itself."""
    guessed = path.suffix.lower() == ".shp" and encoding is None and not path.with_suffix(".cpg").exists()
    for tried in ("UTF-8", "GB18030") if guessed else (encoding,):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # measured and mixed geometries
                return pyogrio.read_dataframe(path, layer=layer, encoding=tried)
        except UnicodeDecodeError:
            continue
        except CRSError:
            raise ImportFailed("The file's coordinate system cannot be read.", where=str(path)) from None
        except (DataSourceError, DataLayerError, LookupError, ValueError, RuntimeError) as error:
            raise _unreadable(path, error) from None
    raise ImportFailed("Its attributes are in no encoding that was tried.", where=str(path), hint="Give --encoding.")


def _unreadable(path: Path, error: Exception) -> ImportFailed:
    hint = None
    if path.suffix.lower() == ".shp":
        missing = [end for end in (".shx", ".dbf") if not path.with_suffix(end).exists()]
        hint = f"Beside it {' and '.join(missing)} must lie too." if missing else None
    return ImportFailed(f"The file cannot be read: {str(error).splitlines()[0][:200]}", where=str(path), hint=hint)


def _in_degrees(path: Path, shapes: Shapes, crs: CRS | None, told: bool) -> tuple[Shapes, Datum | None, str]:
    low_x, low_y, high_x, high_y = _bounds(path, shapes)
    is_degrees = max(abs(low_x), abs(high_x)) <= 360 and max(abs(low_y), abs(high_y)) <= 360
    if crs is None:
        if not is_degrees:
            raise ImportFailed(
                f"The file names no coordinate system, and its numbers (x up to {high_x:.0f}) are no degrees.",
                where=str(path), hint="Deliver it with its .prj, or as GeoPackage.",
            )  # fmt: skip
        if not told:
            lacking = "no .prj beside it" if path.suffix.lower() == ".shp" else "no coordinate system in it"
            raise ImportFailed(f"There is {lacking}: what its coordinates mean is not known.", where=str(path),
                               hint="Say it: --datum wgs84, gcj02, bd09 or cgcs2000.")  # fmt: skip
        return shapes, None, "no coordinate system: degrees of the datum given"
    name = f"{crs.name}{f' (EPSG:{crs.to_epsg()})' if crs.to_epsg() else ''}"
    if crs.is_geographic:
        if not is_degrees:
            raise ImportFailed(f"The file says {name}, degrees, but holds numbers up to {max(high_x, high_y):.0f}.",
                               where=str(path), hint="Give it the coordinate system it is really in.")  # fmt: skip
    elif is_degrees:
        raise ImportFailed(
            f"The file says {name}, metres, but holds numbers like {low_x:.4f}, {low_y:.4f}, which look like degrees.",
            where=str(path), hint="Give it the coordinate system it is really in.",
        )  # fmt: skip
    chinese = _is_cgcs2000(crs)
    target = _CGCS2000 if chinese else _WGS84
    transformer = Transformer.from_crs(crs, target, always_xy=True)

    def move(xy: Any) -> Any:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    moved = (
        shapes if crs.is_geographic and crs.equals(target, ignore_axis_order=True) else shapely.transform(shapes, move)
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise ImportFailed(f"Its coordinates lie outside {name}.", where=str(path),
                           hint="Give it the coordinate system it is really in.")  # fmt: skip
    return moved, "cgcs2000" if chinese else "wgs84", f"coordinates in {name}"


def _bounds(path: Path, shapes: Shapes) -> tuple[float, float, float, float]:
    box = shapely.total_bounds(shapes)
    if not np.isfinite(box).all():
        raise ImportFailed("No row has a geometry.", where=str(path))
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def _is_cgcs2000(crs: CRS) -> bool:
    datum = crs.datum
    return datum is not None and ("China 2000" in datum.name or "CGCS2000" in datum.name.upper().replace("_", ""))
