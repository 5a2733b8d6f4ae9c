"""Leaflet from the built pages, for a report in one file."""

from __future__ import annotations

from pathlib import Path

from geo.access.out.leaflet import Leaflet
from geo.errors import EnvironmentMissing


def leaflet_of(web_dir: Path) -> Leaflet:
    """Leaflet's script and style.

    Raises
    ------
    EnvironmentMissing
        When the pages are not built.
    """
    folder = web_dir / "report"
    try:
        return Leaflet(
            script=(folder / "leaflet.js").read_text(encoding="utf-8"),
            style=(folder / "leaflet.css").read_text(encoding="utf-8"),
        )
    except OSError:
        raise EnvironmentMissing(
            f"The map of the report is not in {folder}.", hint="Build the pages: scripts/up, or npm run build in web/."
        ) from None
