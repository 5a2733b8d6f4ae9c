"""`yike account` and `yike source`: who may sign in, and who may send readings."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine

from api.cli.console import console
from geo.accounts.accounts import add_account, list_accounts, set_disabled, set_password
from geo.accounts.passwords import new_password
from geo.accounts.sources import add_source, disable_source, list_sources
from geo.database.choose import database_url
from geo.database.engine import make_engine
from geo.database.migrate import migrate
from geo.settings import load_settings

accounts = typer.Typer(help="Who may sign in.", no_args_is_help=True)
sources = typer.Typer(help="Who may send readings.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Its name: 2 to 40 of a-z, 0-9, dot, hyphen and underscore.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making one.")
]


class RoleName(StrEnum):
    """What an account may do."""

    VIEWER = "viewer"
    PLANNER = "planner"
    WORKER = "worker"
    DISPATCHER = "dispatcher"
    ADMIN = "admin"


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(accounts, name="account")
    app.add_typer(sources, name="source")


@accounts.command("add")
def add(
    name: Name,
    role: Annotated[RoleName, typer.Option(help="What it may do.")],
    display_name: Annotated[str | None, typer.Option(help="The person's name, as it stands on record.")] = None,
    area: Annotated[str | None, typer.Option(help="Id or path of the area it sees; everything without it.")] = None,
    worker: Annotated[int | None, typer.Option(help="Id of the grid worker; for the role worker.")] = None,
    password_stdin: FromInput = False,
) -> None:
    """Make an account; its password is printed once."""
    password = _read_password() if password_stdin else new_password()
    add_account(
        _engine(), name, role=role.value, password=password, display_name=display_name, area=area, worker_id=worker
    )
    _tell(name, None if password_stdin else password)


@accounts.command("list")
def show() -> None:
    """All accounts."""
    table = Table("name", "person", "role", "area", "worker", "")
    for one in list_accounts(_engine()):
        table.add_row(
            one.name,
            one.display_name,
            one.role,
            one.area or "everything",
            str(one.worker_id or ""),
            "disabled" if one.disabled_at else "sample" if one.origin == "sample" else "",
        )
    console.print(table if table.rows else "There is no account. Make one: yike account add NAME --role admin")


@accounts.command("password")
def password(name: Name, password_stdin: FromInput = False) -> None:
    """Another password; whoever is signed in with the old one no longer is."""
    chosen = _read_password() if password_stdin else new_password()
    set_password(_engine(), name, chosen)
    _tell(name, None if password_stdin else chosen)


@accounts.command("disable")
def disable(name: Name) -> None:
    """Let nobody in by this account any more, at once."""
    set_disabled(_engine(), name, disabled=True)
    console.print(f"{name} is disabled", markup=False)


@accounts.command("enable")
def enable(name: Name) -> None:
    """Let it in again."""
    set_disabled(_engine(), name, disabled=False)
    console.print(f"{name} is enabled", markup=False)


@sources.command("add")
def add_a_source(name: Name) -> None:
    """Make a source of readings; its key is printed once."""
    key = add_source(_engine(), name)
    console.print(f"{name}: send readings with this header, which is not shown again")
    # On standard output, so that a script can take it.
    sys.stdout.write(f"Authorization: Bearer {key}\n")


@sources.command("list")
def show_sources() -> None:
    """All sources of readings."""
    table = Table("name", "since", "")
    for one in list_sources(_engine()):
        table.add_row(one.name, f"{one.created_at:%Y-%m-%d}", "disabled" if one.disabled_at else "")
    console.print(table if table.rows else "There is no source. Make one: yike source add NAME")


@sources.command("disable")
def disable_a_source(name: Name) -> None:
    """Take nothing more from it."""
    disable_source(_engine(), name)
    console.print(f"{name} is disabled", markup=False)


def _engine() -> Engine:
    engine = make_engine(database_url(load_settings()))
    migrate(engine)
    return engine


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\n")


def _tell(name: str, chosen: str | None) -> None:
    console.print(f"{name} may sign in", markup=False)
    if chosen is not None:
        sys.stdout.write(f"password: {chosen}\n")
