"""`yike serve` and `openapi`: the service itself."""

from __future__ import annotations

import logging
import sys
from types import FrameType

import orjson
import typer
import uvicorn
from fastapi import FastAPI

from api.access_log import WithoutKeys
from api.app import create_app
from api.cli.options import Host, Port, Tls, check_accounts, settings_of
from api.tls import certificate_for
from data.standards import load_standards
from geo.database.choose import database_url
from geo.errors import Conflict
from geo.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(serve)
    app.command()(openapi)


def serve(port: Port = None, host: Host = None, tls: Tls = None) -> None:
    """The API alone. Any number of these may run on one database."""
    settings = settings_of(port, host, tls)
    # What is wrong in a district's file is said in one line, before anything starts.
    load_standards(settings.standards)
    url = database_url(settings)
    check_accounts(settings, url)
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
