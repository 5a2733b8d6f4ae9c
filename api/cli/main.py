"""The `yike` command: one sub-command a file, errors in one line."""

from __future__ import annotations

import importlib
import logging
import sys

import typer
from sqlalchemy import make_url

from api.cli.console import console
from geo import __version__
from geo.errors import DatabaseUnavailable, SettingsError, YikeError
from geo.settings import load_settings

app = typer.Typer(
    name="yike",
    help="Yike 一刻: the map service behind a community command centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version and end.")) -> None:
    """Yike 一刻: the map service behind a community command centre."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    level = load_settings().log_level.upper()
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # Each migration step at the terminal tells nobody anything.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in ("httpx", "pyogrio", "rasterio"):
        logging.getLogger(name).setLevel(logging.WARNING)


_MODULES = {
    "up": "run", "down": "run", "serve": "serve", "openapi": "serve", "work": "work", "db": "database",
    "import": "imports", "account": "account", "source": "account", "coverage": "coverage", "town": "town",
    "simulate": "simulate", "tiles": "tiles",
}  # fmt: skip
"""Where each command is. What they import takes seconds, and one that stops the service needs next to nothing."""


def with_commands(asked: str | None = None) -> typer.Typer:
    """The application with the command asked for; with all of them where it is none of ours."""
    modules = [_MODULES[asked]] if asked in _MODULES else dict.fromkeys(_MODULES.values())
    for name in modules:
        importlib.import_module(f"api.cli.{name}").add_to(app)
    return app


def _which_database(error: YikeError) -> str | None:
    """The server that does not answer, without its password; the private one speaks for itself."""
    url = load_settings().database_url if isinstance(error, DatabaseUnavailable) else None
    return f"YIKE_DATABASE_URL is {make_url(url).render_as_string(hide_password=True)}: is it up?" if url else None


def main() -> None:
    """Run the command; a foreseen error is one or two lines and exit status 1 (2 for settings)."""
    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    try:
        with_commands(asked)()
    except YikeError as error:
        where = f"{error.where}: " if error.where else ""
        console.print(f"[red]yike: {where}{error.message}[/red]", markup=True, highlight=False)
        for line in (_which_database(error), error.hint):
            if line:
                console.print(f"      {line}", markup=False, highlight=False)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
    except KeyboardInterrupt:
        console.print("interrupted; what was committed stays", markup=False)
        sys.exit(130)
