"""`yike up`, `down`, `serve`, `work`, `openapi`."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Annotated

import httpx
import orjson
import typer
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from api.access_log import WithoutKeys
from api.app import create_app
from api.channels import teller
from api.cli.addresses import address, environment, own_address, tell_authority
from api.cli.console import Bars, console
from api.cli.supervisor import Supervisor, is_ours, read_note, stop_processes
from api.intake.broker import broker_of
from api.intake.mqtt import MqttIntake
from api.links import is_loopback
from api.tls import certificate_for, own_context
from data.catalogue import load_catalogue
from data.standards import load_standards
from geo.accounts.accounts import add_sample_accounts, has_accounts
from geo.database.choose import database_url, local_server
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.sql import query
from geo.errors import Conflict, SettingsError, YikeError
from geo.live.automatic import Dispatcher
from geo.live.nearest import preferences_of
from geo.live.outbox import Outbox
from geo.live.roster import Roster
from geo.live.upkeep import Job, Keep, keep_up
from geo.network.store import NetworkStore
from geo.settings import Settings, load_settings

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (YIKE_PORT, 8000).")]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on (YIKE_HOST, 127.0.0.1); on any other, everyone signs in.")
]
Tls = Annotated[bool | None, typer.Option("--tls/--no-tls", help="Serve over HTTPS, which phones need (YIKE_TLS).")]

_READY_WITHIN_S = 120.0


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(up)
    app.command()(down)
    app.command()(serve)
    app.command()(work)
    app.command()(openapi)


def up(
    port: Port = None,
    host: Host = None,
    tls: Tls = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return once it runs.")] = False,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Sample town when empty, and its simulator.")] = True,
) -> None:
    """Start everything: database, migrations, sample town when empty, pages, API, jobs, simulator."""
    settings = _settings(port, host, tls)
    if (running := read_note(settings.home)) is not None and is_ours(running.pid):
        console.print(f"Yike is running: {running.address}", highlight=False)
        console.print("yike down stops it.")
        return
    _check_port(settings)
    _prepare(settings, demo=demo)
    if detach:
        _detach(settings, demo=demo)
        return
    _supervise(settings, demo=demo)


def down() -> None:
    """Stop everything `yike up` started, the private database too; leaves nothing running."""
    settings = load_settings()
    note = read_note(settings.home)
    if note is not None:
        stop_processes([note.pid])
        stop_processes(list(note.processes.values()))
    server = local_server(settings)
    stopped = note is not None
    if server is not None and server.is_running():
        server.stop()
        stopped = True
    console.print("stopped" if stopped else "nothing was running")


def serve(port: Port = None, host: Host = None, tls: Tls = None) -> None:
    """The API alone. Any number of these may run on one database."""
    settings = _settings(port, host, tls)
    # What is wrong in a district's file is said in one line, before anything starts.
    load_standards(settings.standards)
    url = database_url(settings)
    _check_accounts(settings, url)
    app = create_app(settings, url)
    certificate = certificate_for(settings) if settings.tls else None
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=settings.log_level == "debug",
        timeout_graceful_shutdown=3,
        server_header=False,
        ssl_certfile=certificate.certificate if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    logging.getLogger("uvicorn.access").addFilter(WithoutKeys())
    server = _Server(config, app)
    server.run()
    if not server.started:
        raise Conflict(f"Port {settings.port} is taken.", hint="Choose another with --port.")


def work() -> None:
    """The background jobs alone: deadlines, orders, telling people, silence, retention, MQTT. Any number may run."""
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
    dispatcher = Dispatcher(
        engine, Roster(engine, NetworkStore(engine), settings.snap_limit_m), preferences_of(settings)
    )
    more = [
        Job("automatic orders", 1.0, lambda _: dispatcher.send_due()),
        Job("orders nobody took", 1.0, lambda _: dispatcher.pass_on_late()),
        Job("outbox", 1.0, outbox.look),
    ]
    keep = Keep(settings.keep_readings_days, settings.keep_rollups_days)
    if settings.mqtt_url is None:
        keep_up(engine, lambda: stopping, keep, more=more)
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
    outbox.close()
    reading.result()


def openapi() -> None:
    """Print the OpenAPI document."""
    app = create_app(load_settings(), "postgresql:///unused")
    sys.stdout.write(orjson.dumps(app.openapi(), option=orjson.OPT_INDENT_2).decode() + "\n")


class _Server(uvicorn.Server):
    """Ends the live streams first: a stream never ends by itself, and shutting down waits for it."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        if (services := getattr(self._app.state, "services", None)) is not None:
            services.hub.close()
        super().handle_exit(sig, frame)


def _settings(port: int | None, host: str | None, tls: bool | None) -> Settings:
    settings = load_settings()
    update = {key: value for key, value in (("port", port), ("host", host), ("tls", tls)) if value is not None}
    if settings.operator_key is None:
        # Of this run: what `yike up` starts speaks to the service as the machine's own.
        update["operator_key"] = secrets.token_urlsafe(32)
    return settings.model_copy(update=update)


def _check_accounts(settings: Settings, url: str) -> None:
    """On any address but this machine's own, everyone signs in: somebody must be able to."""
    if is_loopback(settings.host):
        return
    engine = make_engine(url)
    anyone = has_accounts(engine)
    engine.dispose()
    if not anyone:
        raise SettingsError(
            f"on {settings.host} everyone signs in, and there is no account.",
            where="--host",
            hint="Make one: yike account add NAME --role admin",
        )


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise SettingsError(f"port {settings.port} is for root only.", where="--port") from None
            raise Conflict(
                f"Port {settings.port} on {settings.host} is taken by another program.",
                hint=f"Choose another: yike up --port {settings.port + 1}",
            ) from None


def _prepare(settings: Settings, *, demo: bool) -> None:
    """Database, tables, catalogue, sample town."""
    bars = Bars()
    with bars.step("Database"):
        url = database_url(settings)
    engine = make_engine(url)
    with bars.step("Tables"):
        migrate(engine)
        load_catalogue(engine)
    if demo and _is_empty(engine):
        from data.town import Scale, build_town

        summary = build_town(engine, Scale.TOWN, progress=bars)
        console.print(str(summary), highlight=False, markup=False)
    if demo and _has_sample_devices(engine):
        _tell_accounts(add_sample_accounts(engine))
    engine.dispose()
    _check_accounts(settings, url)


def _tell_accounts(passwords: Mapping[str, str]) -> None:
    if not passwords:
        return
    console.print("\nAccounts to try, shown this once (needed from other machines; this one asks for none):")
    for name, password in passwords.items():
        console.print(f"  {name:<12}{password}", highlight=False, markup=False)


def _is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(query("places/is_empty")).scalar_one())


def _has_sample_devices(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(query("simulator/any_device")).scalar_one())


def _detach(settings: Settings, *, demo: bool) -> None:
    """Start the supervisor in the background and wait until the address answers."""
    folder = settings.home / "log"
    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["up", "--port", str(settings.port), "--host", settings.host, "--demo" if demo else "--no-demo"]
    with (folder / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env={**os.environ, **environment(settings)},
        )  # fmt: skip
    with Bars().step("Starting"):
        if not _wait_ready(settings, lambda: process.poll() is None):
            raise YikeError("It did not start.", hint=f"See {folder}/up.log and {folder}/api.log")
    console.print(f"\nYike is running: [bold]{address(settings)}[/bold]", highlight=False)
    tell_authority(settings)
    console.print("yike down stops it.")


def _supervise(settings: Settings, *, demo: bool) -> None:
    supervisor = Supervisor(settings.home, address(settings), environment(settings))
    supervisor.add("api", "serve")
    supervisor.add("work", "work")
    engine = make_engine(database_url(settings))
    if demo and _has_sample_devices(engine):
        supervisor.add("simulate", "simulate", "--url", own_address(settings))
    engine.dispose()
    console.print(
        f"Yike: [bold]{address(settings)}[/bold]   (Ctrl-C stops it; logs in {settings.home}/log)", highlight=False
    )
    tell_authority(settings)
    supervisor.run()
    if (server := local_server(settings)) is not None:
        server.stop()
    console.print("stopped")


def _wait_ready(settings: Settings, is_alive: Callable[[], bool]) -> bool:
    headers = {"Authorization": f"Bearer {settings.operator_key}"}
    trusted = own_context(certificate_for(settings).certificate) if settings.tls else True
    deadline = time.monotonic() + _READY_WITHIN_S
    with httpx.Client(base_url=own_address(settings), headers=headers, verify=trusted, timeout=2) as http:
        return _is_ready(http, deadline, is_alive)


def _is_ready(http: httpx.Client, deadline: float, is_alive: Callable[[], bool]) -> bool:
    while time.monotonic() < deadline and is_alive():
        try:
            if http.get("/readyz").status_code == httpx.codes.OK:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    return False
