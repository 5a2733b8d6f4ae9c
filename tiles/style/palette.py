"""Colours of the base map. Quiet on purpose: blue and red belong to devices alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """One set of colours, CSS notation.

    `text` on `halo`, and `faint_text` on `halo`, keep a contrast of at least 4.5:1 (WCAG 2.2, 1.4.3). Buildings stand
    by their height from `stands_from_zoom` on, None: never; where there is a `tower` colour, the higher the nearer to
    it.
    """

    background: str
    water: str
    green: str
    built: str
    sand: str
    building: str
    building_line: str
    street: str
    street_main: str
    casing: str
    footway: str
    bridge_casing: str
    boundary: str
    boundary_grid: str
    text: str
    faint_text: str
    water_text: str
    facility: str
    halo: str
    extrusion_opacity: float
    facilities_from_zoom: float = 16.4
    stands_from_zoom: float | None = 16
    tower: str | None = None


DAY = Palette(
    background="#f4f2ed",
    water="#cfdde3",
    green="#dfe8d8",
    built="#ece9e2",
    sand="#eee6d2",
    building="#e4dfd6",
    building_line="#cfc8bb",
    street="#ffffff",
    street_main="#fdf6e6",
    casing="#d9d3c7",
    footway="#c9bfae",
    bridge_casing="#a79f92",
    boundary="#9a8fb0",
    boundary_grid="#b9b1c8",
    text="#3a3835",
    faint_text="#68625a",
    water_text="#4d6672",
    facility="#5d5750",
    halo="#f8f6f2",
    extrusion_opacity=0.85,
)

NIGHT = Palette(
    background="#161a20",
    water="#0e2028",
    green="#182420",
    built="#1a1e24",
    sand="#23221d",
    building="#232932",
    building_line="#333b47",
    street="#2c333d",
    street_main="#3a424e",
    casing="#12151a",
    footway="#39424d",
    bridge_casing="#56606d",
    boundary="#6b6480",
    boundary_grid="#47435a",
    text="#c8ccd2",
    faint_text="#949ca7",
    water_text="#7d99a6",
    facility="#a4abb5",
    halo="#12151a",
    extrusion_opacity=0.8,
)

WALL = Palette(
    background="#0b0e13",
    water="#0a1820",
    green="#0f1815",
    built="#0e1116",
    sand="#171611",
    building="#161b22",
    building_line="#252d37",
    street="#1f262f",
    street_main="#2b333d",
    casing="#080a0d",
    footway="#28303a",
    bridge_casing="#46505c",
    boundary="#6b6480",
    boundary_grid="#3a3749",
    text="#b9bfc7",
    faint_text="#8b939e",
    water_text="#6f8b98",
    facility="#8b939e",
    halo="#080a0d",
    extrusion_opacity=0.8,
    # On the wall a shop's name is in the way of what counts.
    facilities_from_zoom=17.5,
    tower="#3d4a5a",
)

PRINT = Palette(
    background="#ffffff",
    water="#dbe5ea",
    green="#eef2ea",
    built="#fafafa",
    sand="#f7f3e8",
    building="#ececec",
    building_line="#9c9c9c",
    street="#ffffff",
    street_main="#f1f1f1",
    casing="#8c8c8c",
    footway="#9c9c9c",
    bridge_casing="#555555",
    boundary="#555555",
    boundary_grid="#8c8c8c",
    text="#000000",
    faint_text="#444444",
    water_text="#33505c",
    facility="#333333",
    halo="#ffffff",
    extrusion_opacity=1.0,
    # Paper is flat.
    stands_from_zoom=None,
)
