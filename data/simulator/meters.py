"""Devices: heartbeats, now and then something wrong, and things that come right by themselves."""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from numpy.random import PCG64, Generator

from data.simulator.cast import Meter
from data.simulator.service import Service
from data.town.people import Dice
from data.town.readings import normal_values

# How often each kind has something to report, against the others. Bins overflow; gas hardly ever leaks.
_WEIGHT = {
    "waste_camera": 2.0, "parking_camera": 2.0, "street_camera": 1.6, "fire_lane_camera": 1.4, "access_gate": 1.2,
    "call_button": 1.6, "water_meter": 1.2, "vehicle_barrier": 0.8, "video_camera": 0.8, "door_magnet": 0.5,
    "bracelet": 0.6, "home_camera": 0.4, "manhole": 0.4, "smoke": 0.3, "fire_point": 0.3, "lift": 0.3,
    "falling_object_camera": 0.2, "gas": 0.2, "tilt": 0.05,
}  # fmt: skip
_FIRST_ALARMS = 5
_FIRST_PAUSE_S = 8.0
"""The first alarms come within a minute: whoever starts a demonstration does not look at a blue map for long."""
_UNATTENDED_S = 25 * 60.0
_BATCH = 2000


class Meters:
    """All sample devices. `rate` makes an hour's events fall into less time."""

    def __init__(self, meters: list[Meter], service: Service, *, per_hour: float, rate: float, seed: int) -> None:
        self._meters = meters
        self._service = service
        self._pause_s = 3600.0 / max(per_hour, 1e-6) / rate
        self._rate = rate
        self._dice = Dice(Generator(PCG64(seed)))
        self._by_kind: defaultdict[str, list[Meter]] = defaultdict(list)
        for meter in meters:
            self._by_kind[meter.kind].append(meter)
        self._by_id = {meter.id: meter for meter in meters}
        # Devices that something is wrong with, and since when (loop time).
        self._troubled: dict[int, float] = {}

    async def report(self) -> None:
        """Each device reports a few times a heartbeat, spread over time, for ever."""
        loop = asyncio.get_running_loop()
        due = [(loop.time() + self._dice.roll() * self._period_s(meter), n) for n, meter in enumerate(self._meters)]
        heapq.heapify(due)
        while due:
            readings: list[dict[str, object]] = []
            while due and due[0][0] <= loop.time() and len(readings) < _BATCH:
                _, n = heapq.heappop(due)
                meter = self._meters[n]
                heapq.heappush(due, (loop.time() + self._period_s(meter) * (0.9 + 0.2 * self._dice.roll()), n))
                # What is wrong stays wrong until someone saw to it; a button, though, is pressed but once.
                if meter.id not in self._troubled or meter.kind == "call_button":
                    readings.append(self._reading(meter, normal_values(meter.kind, self._dice)))
            if readings:
                await self._service.send(readings)
            await asyncio.sleep(1.0)

    async def make_trouble(self) -> None:
        """A few things an hour go wrong; the first ones soon."""
        for n in range(10**9):
            mean_s = min(self._pause_s, _FIRST_PAUSE_S) if n < _FIRST_ALARMS else self._pause_s
            await asyncio.sleep(mean_s * (0.3 + 1.4 * self._dice.roll()))
            meter = self._pick()
            if meter is None or meter.id in self._troubled:
                continue
            self._troubled[meter.id] = asyncio.get_running_loop().time()
            await self._service.send([self._reading(meter, meter.alarm)])

    async def calm_down(self) -> None:
        """Bins are emptied and barriers freed by themselves; what a person saw to is normal again."""
        while True:
            await asyncio.sleep(5.0)
            standing = {incident["device_id"]: incident for incident in await self._service.open_incidents()}
            now = asyncio.get_running_loop().time()
            for device_id, known in standing.items():
                # What an earlier run, or somebody by hand, left on a sample device is seen to as well.
                if device_id in self._by_id and device_id not in self._troubled:
                    self._troubled[device_id] = now - _age_s(known)
            for device_id, since in list(self._troubled.items()):
                meter, incident = self._by_id[device_id], standing.get(device_id)
                waited_s = (now - since) * self._rate
                if incident is None:
                    # Give the alarm itself time to arrive before calling it over.
                    if waited_s > 15:
                        del self._troubled[device_id]
                        await self._service.send([self._reading(meter, normal_values(meter.kind, self._dice))])
                elif meter.clearing == "self_clearing" and waited_s > self._lasts_s(device_id):
                    del self._troubled[device_id]
                    await self._service.send([self._reading(meter, normal_values(meter.kind, self._dice))])
                elif incident["order_id"] is None and waited_s > _UNATTENDED_S:
                    await self._service.check(device_id, "模拟：邻居已上门查看，一切正常")

    def _pick(self) -> Meter | None:
        kinds = [kind for kind in _WEIGHT if self._by_kind[kind]]
        if not kinds:
            return None
        roll = self._dice.roll() * sum(_WEIGHT[kind] for kind in kinds)
        for kind in kinds:
            roll -= _WEIGHT[kind]
            if roll <= 0:
                break
        return self._by_kind[kind][self._dice.of(len(self._by_kind[kind]))]

    @staticmethod
    def _lasts_s(device_id: int) -> float:
        """How long a trouble lasts that ends by itself: three to twenty-five minutes, the same for a device."""
        return 180.0 + device_id * 7919 % 1320

    @staticmethod
    def _period_s(meter: Meter) -> float:
        return (meter.heartbeat_s or 86400) * 0.4

    @staticmethod
    def _reading(meter: Meter, values: dict[str, float]) -> dict[str, object]:
        # A hair in the past: two clocks are never quite the same.
        observed_at = datetime.now(UTC) - timedelta(milliseconds=50)
        return {"device": meter.external_id, "observed_at": observed_at.isoformat(), "values": values}


def _age_s(incident: dict[str, Any]) -> float:
    """Seconds since an incident was opened."""
    return (datetime.now(UTC) - datetime.fromisoformat(incident["opened_at"])).total_seconds()
