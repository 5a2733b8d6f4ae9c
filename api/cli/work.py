"""`yike work`: the background jobs."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import typer

from api.channels import teller
from api.intake.broker import broker_of
from api.intake.mqtt import MqttIntake
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.live.automatic import Dispatcher
from geo.live.nearest import preferences_of
from geo.live.outbox import Outbox
from geo.live.roster import Roster
from geo.live.upkeep import Job, Keep, keep_up
from geo.network.store import NetworkStore
from geo.settings import load_settings
from geo.tours.replan import Replanner


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(work)


def work() -> None:
    """The background jobs alone: deadlines, orders, tours, telling people, silence, retention, MQTT; any number."""
    settings = load_settings()
    url = database_url(settings)
    engine = make_engine(url)
    # Connections of its own: what tells people never takes one from what watches over them.
    outbox = Outbox(make_engine(url), teller(settings))
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    networks = NetworkStore(engine)
    roster = Roster(engine, networks, settings.snap_limit_m)
    dispatcher = Dispatcher(engine, roster, preferences_of(settings))
    replanner = Replanner(engine, networks, snap_limit_m=settings.snap_limit_m)
    more = [
        Job("automatic orders", 1.0, lambda _: dispatcher.send_due()),
        Job("orders nobody took", 1.0, lambda _: dispatcher.pass_on_late()),
        Job("outbox", 1.0, outbox.look),
        Job("tours of who was called away", 3.0, replanner.look),
    ]
    keep = Keep(settings.keep_readings_days, settings.keep_rollups_days)
    if settings.mqtt_url is None:
        keep_up(engine, lambda: stopping, keep, more=more)
        replanner.close()
        outbox.close()
        return
    intake = MqttIntake(engine, broker_of(settings.mqtt_url.get_secret_value()))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(intake.run, lambda: stopping)
        # Whichever of the two fails, the process ends and is started anew, rather than live on by half.
        try:
            keep_up(engine, lambda: stopping or reading.done(), keep, more=more)
        finally:
            stopping = True
    replanner.close()
    outbox.close()
    reading.result()
