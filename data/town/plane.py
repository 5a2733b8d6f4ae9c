"""From the straight plan to the bent town, and from local metres to longitude and latitude.

The town is drawn on a plane in metres with all streets parallel to its axes, where crossings and clearances
are plain arithmetic. One smooth field then bends everything at once, so that nothing looks like graph
paper and nothing comes apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from data.town.chance import stream

Points = NDArray[np.float64]
"""Shape (n, 2)."""

Complex = NDArray[np.complex128]

CENTRE = (120.15, 31.20)
"""Longitude and latitude of the town's middle: the open water of Lake Tai."""

_DECIMALS = 7  # of a degree: a centimetre
_STEP_M = 0.5  # for differences that stand in for derivatives


class Rect(NamedTuple):
    """A rectangle of the plan, metres."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """West to east, metres."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """South to north, metres."""
        return self.north - self.south

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def inset(self, west: float, south: float, east: float, north: float) -> Rect:
        """The rectangle that remains when so many metres are taken off each side."""
        return Rect(self.west + west, self.south + south, self.east - east, self.north - north)

    def shrunk(self, by: float) -> Rect:
        """The same taken off all sides, metres."""
        return self.inset(by, by, by, by)

    def corners(self) -> list[tuple[float, float]]:
        """Its four corners, counter-clockwise from the south-west."""
        return [(self.west, self.south), (self.east, self.south), (self.east, self.north), (self.west, self.north)]


@dataclass(frozen=True, slots=True)
class _Wave:
    length_m: float
    height_m: float


_WAVES = (_Wave(900, 15), _Wave(430, 5.0), _Wave(200, 1.7), _Wave(92, 0.5))
_LONG_WAVE = _Wave(4200, 85)
_LONG_FROM_M = 1500
_QUADRATIC, _CUBIC = 0.036, 0.014
_ROUND = 0.24  # how far the corners of the whole are drawn in


class Bend:
    """The smooth field: the whole drawn in at its corners and gently bent, and some waves.

    Parameters
    ----------
    seed : int
    radius_m : float
        Half the extent of the town in metres.
    """

    def __init__(self, seed: int, radius_m: float) -> None:
        rng = stream(seed, "bend")
        self._radius = radius_m
        turns = np.exp(2j * np.pi * rng.random(2))
        self._quadratic, self._cubic = _QUADRATIC * turns[0], _CUBIC * turns[1]
        waves = (_LONG_WAVE, *_WAVES) if radius_m > _LONG_FROM_M else _WAVES
        self._waves = []
        for wave in waves:
            angles, phases = 2 * np.pi * rng.random(2), 2 * np.pi * rng.random(2)
            self._waves.append((2 * np.pi / wave.length_m, wave.height_m, angles, phases))

    def __call__(self, plan: Points) -> Points:
        """Where points of the plan come to lie, metres, shape (n, 2) in and out."""
        x, y = plan.T / self._radius
        z = x * _drawn_in(y) + 1j * y * _drawn_in(x)
        z = (z + self._quadratic * z**2 + self._cubic * z**3) * self._radius
        bent = np.column_stack([z.real, z.imag])
        for number, height, angles, phases in self._waves:
            for axis in (0, 1):
                along = plan[:, 0] * np.cos(angles[axis]) + plan[:, 1] * np.sin(angles[axis])
                bent[:, axis] += height * np.sin(number * along + phases[axis])
        return bent

    def axes(self, places: Points, anchors: Points, upright: NDArray[np.bool_]) -> NDArray[np.float64]:
        """How stiff things (a slab, a tower) come to lie: turned and stretched, never sheared.

        Parameters
        ----------
        places : ndarray, shape (n, 2)
            Their centres on the plan, metres: where they are stretched as the plan is.
        anchors : ndarray, shape (n, 2)
            Where their direction is taken.
        upright : ndarray of bool, shape (n,)
            Whether a thing is longer from south to north: it turns as its long side does.

        Returns
        -------
        ndarray, shape (n, 2, 2)
            ``offset @ axes[i]`` turns an offset from a thing's centre on the plan into one in the town.
        """
        east, north = self._tangents(anchors)
        turn = np.where(upright, np.angle(north) - np.pi / 2, np.angle(east))
        east, north = self._tangents(places)
        area = np.imag(np.conj(east) * north)
        wide = np.where(upright, area / np.abs(north), np.abs(east)) * np.exp(1j * turn)
        high = np.where(upright, np.abs(north), area / np.abs(east)) * 1j * np.exp(1j * turn)
        found: NDArray[np.float64] = np.array([[wide.real, wide.imag], [high.real, high.imag]]).transpose(2, 0, 1)
        return found

    def _tangents(self, places: Points) -> tuple[Complex, Complex]:
        """Where a step of one metre east and one north lead, as complex numbers."""
        moved = self(places)
        east = (self(places + np.array([_STEP_M, 0])) - moved) / _STEP_M
        north = (self(places + np.array([0, _STEP_M])) - moved) / _STEP_M
        return east @ np.array([1, 1j]), north @ np.array([1, 1j])


def _drawn_in(across: NDArray[np.float64]) -> NDArray[np.float64]:
    """The factor that draws a square's corners in; far outside it levels off."""
    return np.sqrt(1 - _ROUND / 2 * across**2 / (1 + across**4 / 8))


class Globe:
    """Local metres (azimuthal equidistant about the centre) to degrees, WGS 84."""

    def __init__(self, centre: tuple[float, float] = CENTRE) -> None:
        lon, lat = centre
        self._transformer = Transformer.from_crs(
            f"+proj=aeqd +lon_0={lon} +lat_0={lat} +datum=WGS84 +units=m", "EPSG:4326", always_xy=True
        )

    def __call__(self, metres: Points) -> Points:
        """Longitude and latitude, rounded to a centimetre; shape (n, 2) in and out."""
        lon, lat = self._transformer.transform(metres[:, 0], metres[:, 1])
        return np.round(np.column_stack([lon, lat]), _DECIMALS)
