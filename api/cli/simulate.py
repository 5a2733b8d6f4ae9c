"""`yike simulate`: keeps sample data alive."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Annotated

import typer

from api.tls import certificate_for, own_context
from data.simulator import simulate as run_simulation
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("simulate")(simulate)


def simulate(
    per_hour: Annotated[float, typer.Option(min=0, max=100_000, help="How many things go wrong in an hour.")] = 15.0,
    rate: Annotated[float, typer.Option(min=0.1, max=1000, help="How much faster than real time.")] = 1.0,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Decides what goes wrong; without it every run differs.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the service.")] = None,
) -> None:
    """Keep the sample town alive: mostly quiet, a few calls an hour, workers who go and help."""
    settings = load_settings()
    engine = make_engine(database_url(settings))
    address = url or settings.public_url or f"http://{settings.host}:{settings.port}"

    trusted = own_context(certificate_for(settings).certificate) if settings.tls else True
    chosen = time.time_ns() if seed is None else seed

    async def until_stopped() -> None:
        running = run_simulation(
            engine, address, per_hour=per_hour, rate=rate, seed=chosen, key=settings.operator_key, trusted=trusted
        )
        task = asyncio.ensure_future(running)
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    asyncio.run(until_stopped())
