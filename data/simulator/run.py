"""The simulator: devices and workers side by side until it is stopped."""

from __future__ import annotations

import asyncio
from ssl import SSLContext

from sqlalchemy import Engine

from data.simulator.cast import read_meters, read_posts
from data.simulator.meters import Meters
from data.simulator.service import Service
from data.simulator.staff import Staff
from geo.errors import NotFound


async def simulate(
    engine: Engine,
    url: str,
    *,
    per_hour: float,
    rate: float,
    seed: int,
    key: str | None = None,
    trusted: SSLContext | bool = True,
) -> None:
    """Run until cancelled.

    Parameters
    ----------
    url : str
        Address of the service.
    per_hour : float
        How many things go wrong in an hour of its time.
    rate : float
        How much faster than real time everything but heartbeats happens.
    seed : int
        Decides what goes wrong when and where.
    key : str, optional
        The operator's key, where the service asks for one.
    trusted : SSLContext or bool
        Which certificate of the service to trust; True asks the system.

    Raises
    ------
    NotFound
        When there is no sample device to keep alive.
    """
    meters = await asyncio.to_thread(read_meters, engine)
    posts = await asyncio.to_thread(read_posts, engine)
    if not meters:
        raise NotFound("There are no sample devices.", hint="Make some: yike town, or yike town --on-import.")
    service = Service(url, key, trusted)
    devices = Meters(meters, service, per_hour=per_hour, rate=rate, seed=seed)
    staff = Staff(posts, service, rate=rate, seed=seed)
    try:
        async with asyncio.TaskGroup() as group:
            for life in (devices.report(), devices.make_trouble(), devices.calm_down(), staff.serve()):
                group.create_task(life)
    finally:
        await service.close()
