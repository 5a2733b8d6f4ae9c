"""`yike up` and `down`."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Annotated

import httpx
import typer
from sqlalchemy import Engine

from api.cli.addresses import address, environment, own_address, tell_authority
from api.cli.console import Bars, console
from api.cli.options import Host, Port, Tls, check_accounts, settings_of
from api.cli.supervisor import Supervisor, is_ours, read_note, stop_processes
from api.tls import certificate_for, own_context
from data.catalogue import load_catalogue
from geo.accounts.accounts import add_sample_accounts
from geo.database.choose import database_url, local_server
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.database.sql import query
from geo.errors import Conflict, SettingsError, YikeError
from geo.settings import Settings, load_settings

_READY_WITHIN_S = 120.0


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(up)
    app.command()(down)


def up(
    port: Port = None,
    host: Host = None,
    tls: Tls = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return once it runs.")] = False,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Sample town when empty, and its simulator.")] = True,
) -> None:
    """Start everything: database, migrations, sample town when empty, pages, API, jobs, simulator."""
    settings = settings_of(port, host, tls)
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
    check_accounts(settings, url)


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
