"""A report in one HTML file that works without internet: a map, numbers by service and area, method and sources.

The map is folium's; of the ten scripts and styles it links to, what the map needs is Leaflet, and that is written into
the file. There are no tiles: the backdrop is our own streets, water and green.
"""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import folium
import jinja2
import numpy as np
from branca.element import Element, Figure, MacroElement
from numpy.typing import NDArray
from sqlalchemy import Engine

from geo.access.coverage import Coverage
from geo.access.gaps import gaps as find_gaps
from geo.access.out.backdrop import json_for_script, map_data
from geo.access.out.colours import BANDS, NO_WAY, label
from geo.access.out.frames import people
from geo.access.out.leaflet import Leaflet
from geo.access.out.survey import Region, Service, Survey
from geo.network.profiles import PROFILES, Profile

MOST_BUILDINGS = 30_000
"""Above these the map shows hexagons: a browser would labour, and the eye sees no building any more."""

Count = Callable[[Coverage, NDArray[np.bool_], Sequence[float]], dict[str, float | int]]

_MOST_REGIONS = 200
_MOST_GAPS = 8
_WALKERS: dict[Profile, tuple[str, str]] = {
    "walk": ("步行", "on foot"),
    "elder": ("老人步行", "on foot, an elder"),
    "wheelchair": ("轮椅", "in a wheelchair"),
    "ebike": ("电动自行车", "by e-bike"),
}


class _Map(folium.Map):
    """Links to nothing; `write_report` puts Leaflet into the head."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 — folium's own attributes
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Layers(MacroElement):
    """The map's own script with its data."""

    _template = jinja2.Template(
        "{% macro script(this, kwargs) %}{ const map = {{ this._parent.get_name() }}\nconst data = {{ this.data }}\n"
        "{{ this.code }} }{% endmacro %}"
    )

    def __init__(self, data: str, code: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.data, self.code = data, code


class _Text(MacroElement):
    """HTML where it stands among the figure's parts."""

    _template = jinja2.Template("{% macro html(this, kwargs) %}{{ this.text }}{% endmacro %}")

    def __init__(self, text: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.text = text


def write_report(found: Survey, file: Path, *, leaflet: Leaflet, engine: Engine, snap_limit_m: float) -> None:
    """Write the report.

    Parameters
    ----------
    leaflet : Leaflet
        From the built pages.
    engine : Engine
        Where water and green come from.
    """
    by = "building" if len(found.rows) <= MOST_BUILDINGS else "hex"
    lon, lat = (values[found.rows] for values in found.homes.centre)
    drawn = _Map(location=[float(lat.mean()), float(lon.mean())], zoom_start=15, tiles=None, zoom_snap=0.25)
    figure = drawn.get_root()
    assert isinstance(figure, Figure)  # noqa: S101 — folium makes one for every map
    zh, _ = found.title
    head = (
        f"<title>{html.escape(zh)} · 一刻 Yike</title>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{leaflet.style}\n{_page('report.css')}</style>",
        f"<script>{leaflet.script}</script>",
    )
    for part in head:
        figure.header.add_child(_Verbatim(part))
    words = _words(found, by, snap_limit_m)
    templates = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    figure.html.add_child(_Verbatim(templates.from_string(_page("before.html")).render(words)))
    drawn.add_child(_Layers(json_for_script(map_data(found, by, engine)), _page("report.js")))
    figure.add_child(_Text(templates.from_string(_page("after.html")).render(words)))
    file.write_text(figure.render(), encoding="utf-8")


class _Verbatim(Element):
    """Text as it stands; a plain Element would read it as a template."""

    _template = jinja2.Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _page(name: str) -> str:
    return (resources.files(__package__ or "geo.access.out") / "page" / name).read_text(encoding="utf-8")


def _words(found: Survey, by: str, snap_limit_m: float) -> dict[str, Any]:
    """What the templates say."""
    limits = [f"{limit:g}" for limit in found.minutes]
    lives = bool(found.homes.residents[found.chosen].any())
    count = people if lives else _houses
    counts = {service.code: len(some) for service, some in found.facilities()}
    services = [
        {
            "name": service.name,
            "name_en": service.name_en,
            "count": counts.get(service.code, 0),
            "total": count(service.coverage, found.chosen, found.minutes) if service.coverage is not None else None,
        }
        for service in found.services
    ]
    level = _level(found)
    regions = _regions(found, level, count)
    speed = PROFILES[found.profile].speed_mps
    zh, en = _WALKERS[found.profile]
    first = _coverage(found.found[0])
    return {
        "title": found.title,
        "by": by,
        "made_at": f"{found.made_at:%Y-%m-%d %H:%M}",
        "at": f"{found.at:%Y-%m-%d %H:%M}" if found.at is not None else None,
        "profile": (f"{zh}，每秒 {speed:g} 米", f"{en}, {speed:g} m/s"),
        "walker": _WALKERS[found.profile],
        "legend": [(BANDS[band][1] if band < len(BANDS) else NO_WAY, *label(band)) for band in range(len(BANDS) + 1)],
        "lives": lives,
        "unit": ("居民", "residents") if lives else ("楼栋", "buildings"),
        "buildings": len(found.rows),
        "is_sample": found.is_sample,
        "credit": found.from_openstreetmap and not found.is_only_sample,
        "nobody_has": found.nobody_has,
        "services": services,
        "limits": limits,
        "limit": limits[-1],
        "main": f"{limits[-1]}min",
        "residents": int(found.homes.residents[found.chosen].sum()),
        "residents_60": int(found.homes.residents_60[found.chosen].sum()),
        "residents_alone": int(found.homes.residents_alone[found.chosen].sum()),
        "unconnected": int((found.chosen & first.unconnected).sum()),
        "regions": regions[:_MOST_REGIONS],
        "gaps": _gaps(found),
        "left_out": max(0, len(regions) - _MOST_REGIONS),
        "snap_limit": f"{snap_limit_m:g}",
        "number": lambda value: f"{int(value):,}",
        "percent": lambda share: "–" if share is None or math.isnan(share) else f"{share:.1%}",
        "part": lambda some, whole: f"{some / whole:.1%}" if whole else "–",
        "minutes": lambda value: "–" if math.isnan(value) else f"{value:.1f}",
    }


def _houses(coverage: Coverage, inside: NDArray[np.bool_], limits: Sequence[float]) -> dict[str, float | int]:
    """The same as `people`, of buildings: where nobody knows who lives there."""
    reached = inside & np.isfinite(coverage.minutes)
    whole = int(inside.sum())
    counted: dict[str, float | int] = {
        "residents": whole,
        "residents_60": 0,
        "residents_alone": 0,
        "minutes": float(coverage.minutes[reached].mean()) if reached.any() else np.nan,
    }
    for limit in limits:
        near = int((inside & (coverage.minutes <= limit)).sum())
        counted |= {f"covered_{limit:g}min": near, f"share_{limit:g}min": near / whole if whole else np.nan}
    return counted


def _gaps(found: Survey) -> list[dict[str, Any]]:
    """The largest gaps of each service."""
    listed = []
    for number, service in enumerate(found.found):
        every = find_gaps(_coverage(service), found.chosen, found.minutes[-1])
        listed += [
            {"service": service, "number": number, "gap": gap, "rank": rank}
            for rank, gap in enumerate(every[:_MOST_GAPS], 1)
        ]
    return listed


def _level(found: Survey) -> str | None:
    """The level whose areas are told apart: the highest that has more than one; the lowest where none has."""
    levels = Counter(region.level for region in sorted(found.regions, key=lambda region: region.path.count("/")))
    return next((level for level, count in levels.items() if count > 1), next(reversed(levels), None))


def _regions(found: Survey, level: str | None, count: Count) -> list[dict[str, Any]]:
    """Numbers of the areas of a level, those with the most people first."""
    paths = np.array(found.homes.path, dtype=str)
    last = f"share_{found.minutes[-1]:g}min"
    rows = []
    for region in _of(found.regions, level):
        inside = found.chosen & ((paths == region.path) | np.char.startswith(paths, f"{region.path}/"))
        if not inside.any():
            continue
        counted = [count(_coverage(service), inside, found.minutes[-1:]) for service in found.found]
        rows.append(
            {
                "name": region.name,
                "name_en": region.name_en,
                "residents": counted[0]["residents"],
                "residents_60": counted[0]["residents_60"],
                "shares": [one[last] for one in counted],
            }
        )
    return sorted(rows, key=lambda row: -int(row["residents"]))


def _of(regions: Sequence[Region], level: str | None) -> list[Region]:
    return [region for region in regions if region.level == level]


def _coverage(service: Service) -> Coverage:
    assert service.coverage is not None  # noqa: S101 — of those that somebody has
    return service.coverage
