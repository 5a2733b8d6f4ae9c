"""What `up` and `serve` are told, and what must hold before either starts."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from api.links import is_loopback
from geo.accounts.accounts import has_accounts
from geo.database.engine import make_engine
from geo.errors import SettingsError
from geo.settings import Settings, load_settings
from tiles.pmtiles import Baked

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (YIKE_PORT, 8000).")]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on (YIKE_HOST, 127.0.0.1); on any other, everyone signs in.")
]
Tls = Annotated[bool | None, typer.Option("--tls/--no-tls", help="Serve over HTTPS, which phones need (YIKE_TLS).")]


def settings_of(port: int | None, host: str | None, tls: bool | None) -> Settings:
    """The settings, changed by what stands on the command line."""
    settings = load_settings()
    update = {key: value for key, value in (("port", port), ("host", host), ("tls", tls)) if value is not None}
    if settings.operator_key is None:
        # Of this run: what `yike up` starts speaks to the service as the machine's own.
        update["operator_key"] = secrets.token_urlsafe(32)
    if settings.baked is not None:
        # What is wrong with the file is said in one line, before anything starts.
        Baked(settings.baked)
    return settings.model_copy(update=update)


def check_accounts(settings: Settings, url: str) -> None:
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
