"""Grid workers: they accept orders, walk there by the streets, help, and walk back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

from numpy.random import PCG64, Generator
from pyproj import Geod

from data.simulator.cast import Post
from data.simulator.service import Service
from data.town.people import Dice

_EARTH = Geod(ellps="WGS84")
_STEP_S = 2.0
_WALK_MPS = 1.3
_NEXT = {"dispatched": "accept", "accepted": "arrive", "arrived": "handle", "handled": "verify", "verified": "close"}
_NOTES = {"handle": "模拟：现场已处理", "verify": "模拟：电话回访，确认恢复正常"}

Place = tuple[float, float]


@dataclass
class _Worker:
    post: Post
    place: Place
    busy: set[int] = field(default_factory=set)


class Staff:
    """All sample workers on duty. `rate` makes them that much faster."""

    def __init__(self, posts: list[Post], service: Service, *, rate: float, seed: int) -> None:
        self._service = service
        self._rate = rate
        self._dice = Dice(Generator(PCG64(seed)))
        self._workers = {post.worker_id: _Worker(post, (post.lon, post.lat)) for post in posts}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Look for orders of sample workers and see to each, for ever."""
        while True:
            for order in await self._service.open_orders():
                worker = self._workers.get(order["worker_id"] or 0)
                if worker is None or order["id"] in worker.busy:
                    continue
                worker.busy.add(order["id"])
                task = asyncio.create_task(self._see_to(worker, order))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await asyncio.sleep(_STEP_S)

    async def _see_to(self, worker: _Worker, order: dict[str, object]) -> None:
        state = str(order["state"])
        while (step := _NEXT.get(state)) is not None:
            if step == "arrive":
                await self._walk(worker, (float(str(order["lon"])), float(str(order["lat"]))))
            else:
                await self._wait(12.0 if step == "close" else 20.0 + 40.0 * self._dice.roll())
            if not await self._service.step(int(str(order["id"])), step, _NOTES.get(step)):
                break
            state = {"accept": "accepted", "arrive": "arrived", "handle": "handled", "verify": "verified"}.get(step, "")
        worker.busy.discard(int(str(order["id"])))
        if not worker.busy:
            await self._walk(worker, (worker.post.lon, worker.post.lat))

    async def _walk(self, worker: _Worker, goal: Place) -> None:
        """Along the way on foot, a position every other second."""
        for place in self._paced([worker.place, *await self._service.way(worker.place, goal), goal]):
            worker.place = place
            await self._service.move(worker.post.worker_id, *place)
            await asyncio.sleep(_STEP_S)

    def _paced(self, points: list[Place]) -> list[Place]:
        """The places after each step of a walk; the last one is the goal."""
        stride_m = _WALK_MPS * _STEP_S * self._rate
        places: list[Place] = []
        carried = 0.0
        for (x0, y0), (x1, y1) in pairwise(points):
            _, _, length_m = _EARTH.inv(x0, y0, x1, y1)
            at = stride_m - carried
            while at < length_m:
                share = at / length_m
                places.append((round(x0 + (x1 - x0) * share, 7), round(y0 + (y1 - y0) * share, 7)))
                at += stride_m
            carried = (carried + length_m) % stride_m
        return [*places, points[-1]]

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._rate)
