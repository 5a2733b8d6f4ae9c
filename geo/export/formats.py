"""In which formats a layer can be taken away. What writes them is loaded when somebody does."""

from __future__ import annotations

from typing import Literal, get_args

Format = Literal["fgb", "parquet", "geojsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "fgb": "application/vnd.flatgeobuf",
    "parquet": "application/vnd.apache.parquet",
    "geojsonl": "application/geo+json-seq",
}
