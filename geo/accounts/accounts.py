"""Accounts: made, listed, disabled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from geo.accounts.passwords import hash_password, new_password
from geo.accounts.reader import Role
from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `path` is the area it sees, empty for everything."""

    id: int
    name: str
    display_name: str
    role: Role
    worker_id: int | None
    origin: str
    created_at: datetime
    disabled_at: datetime | None
    path: str
    area: str | None


def add_account(
    engine: Engine,
    name: str,
    *,
    role: Role,
    password: str,
    display_name: str | None = None,
    area: str | None = None,
    worker_id: int | None = None,
    origin: str = "manual",
) -> int:
    """Make an account; returns its id.

    Parameters
    ----------
    area : str, optional
        Id or path of the area it sees; everything without it.
    worker_id : int, optional
        The grid worker who signs in with it; the role `worker` needs one, no other has one.

    Raises
    ------
    InvalidInput
        When a value cannot be.
    NotFound
        When there is no such area or worker.
    Conflict
        When the name is taken, or the worker has an account.
    """
    if (role == "worker") != (worker_id is not None):
        raise InvalidInput("A worker's account names its grid worker, and no other does.", where="worker")
    kept = hash_password(password)
    with engine.begin() as connection:
        area_id = None
        if area is not None:
            number = int(area) if area.isdecimal() and len(area) < 19 else None
            area_id = connection.execute(query("accounts/area"), {"id": number, "path": area}).scalar_one_or_none()
            if area_id is None:
                raise NotFound(f"There is no area {area[:80]!r}.", where="area", hint="Its id or its path.")
        values = {"name": name, "display_name": display_name or name, "role": role, "password_hash": kept,
                  "area": area_id, "worker": worker_id, "origin": origin}  # fmt: skip
        try:
            with connection.begin_nested():
                made = connection.execute(query("accounts/add"), values).scalar_one_or_none()
        except IntegrityError as error:
            if "fk_account_worker_id" in str(error.orig):
                raise NotFound(f"There is no worker {worker_id}.", where="worker") from None
            raise InvalidInput(
                f"{name[:40]!r} cannot be an account's name.",
                where="name",
                hint="2 to 40 of a-z, 0-9, dot, hyphen and underscore.",
            ) from None
    if made is None:
        raise Conflict(f"{name} is taken, or the worker has an account already.")
    return int(made)


def list_accounts(engine: Engine) -> list[Account]:
    """All accounts by name."""
    with engine.connect() as connection:
        return [Account(**row) for row in connection.execute(query("accounts/list")).mappings()]


def set_password(engine: Engine, name: str, password: str) -> None:
    """Another password; whoever is signed in with the old one no longer is.

    Raises
    ------
    NotFound
        When there is no such account.
    """
    with engine.begin() as connection:
        _found(connection.execute(query("accounts/set_password"),
                                  {"name": name, "password_hash": hash_password(password)}).first(), name)  # fmt: skip


def set_disabled(engine: Engine, name: str, *, disabled: bool) -> None:
    """Disable an account, which ends its sessions, or enable it again.

    Raises
    ------
    NotFound
        When there is no such account.
    """
    with engine.begin() as connection:
        _found(connection.execute(query("accounts/set_disabled"), {"name": name, "disabled": disabled}).first(), name)


def has_accounts(engine: Engine) -> bool:
    """Whether anyone can sign in."""
    with engine.connect() as connection:
        return bool(connection.execute(query("accounts/any")).scalar_one())


def add_sample_accounts(engine: Engine) -> dict[str, str]:
    """One account a role for trying things out, with random passwords, where there is no account at all.

    Returns
    -------
    dict
        Passwords by account name, told this once; empty where there are accounts.
    """
    if has_accounts(engine):
        return {}
    with engine.connect() as connection:
        worker = connection.execute(query("accounts/sample_workers"), {"how_many": 1}).first()
    made: dict[str, str] = {}
    roles: tuple[tuple[str, Role, str], ...] = (
        ("admin", "admin", "管理员"),
        ("dispatcher", "dispatcher", "调度员"),
        ("planner", "planner", "规划员"),
        ("viewer", "viewer", "访客"),
    )
    for name, role, display_name in roles:
        made[name] = new_password()
        add_account(engine, name, role=role, password=made[name], display_name=display_name, origin="sample")
    if worker is not None:
        made["worker"] = new_password()
        add_account(engine, "worker", role="worker", password=made["worker"], display_name=worker.name,
                    worker_id=worker.id, origin="sample")  # fmt: skip
    return made


def _found(row: object, name: str) -> None:
    if row is None:
        raise NotFound(f"There is no account {name[:40]!r}.", hint="yike account list")
