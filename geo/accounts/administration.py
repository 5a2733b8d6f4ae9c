"""Accounts as administrators keep them: within their own area, and never so that nobody is left who can."""

from __future__ import annotations

from sqlalchemy import Engine

from geo.accounts.accounts import Account, add_account, list_accounts, set_disabled, set_password
from geo.accounts.passwords import new_password
from geo.accounts.reader import Reader, Role
from geo.database.sql import query
from geo.errors import Conflict, NotAllowed, NotFound
from geo.scope import AreaScope


def accounts_for(engine: Engine, who: Reader) -> list[Account]:
    """The accounts of `who`'s area by name; all of them where they see everything."""
    return [account for account in list_accounts(engine) if account.path in who.scope]


def account_for(engine: Engine, who: Reader, name: str) -> Account:
    """One of them.

    Raises
    ------
    NotFound
        When there is none of that name in `who`'s area.
    """
    found = next((account for account in accounts_for(engine, who) if account.name == name), None)
    if found is None:
        raise NotFound(f"There is no account {name[:40]!r}.", where="name")
    return found


def make_account(
    engine: Engine,
    who: Reader,
    name: str,
    *,
    role: Role,
    display_name: str | None,
    area: str | None,
    worker_id: int | None,
) -> str:
    """Make an account within `who`'s area; returns its password, which is told this once.

    Raises
    ------
    InvalidInput, NotFound, Conflict
        As `geo.accounts.accounts.add_account` says; NotFound also for an area or a worker outside of `who`'s.
    NotAllowed
        When `who` has an area and the account would have none.
    """
    if who.scope != AreaScope.everything():
        area = _within(engine, who, area, worker_id)
    password = new_password()
    add_account(engine, name, role=role, password=password, display_name=display_name, area=area, worker_id=worker_id)
    return password


def renew_password(engine: Engine, who: Reader, name: str) -> str:
    """A new password for somebody else's account; returns it, which is told this once.

    Raises
    ------
    NotFound
        When there is none of that name in `who`'s area.
    Conflict
        When it is `who`'s own: whoever is signed in with it would be put out before reading the new one.
    """
    account_for(engine, who, name)
    if name == who.account:
        raise Conflict("This is your own account.", hint=f"At the machine itself: yike account password {name}")
    password = new_password()
    set_password(engine, name, password)
    return password


def switch_account(engine: Engine, who: Reader, name: str, *, disabled: bool) -> None:
    """Disable somebody else's account, or enable it again.

    Raises
    ------
    NotFound
        When there is none of that name in `who`'s area.
    Conflict
        When it is `who`'s own, or the last administrator of everything.
    """
    account = account_for(engine, who, name)
    if not disabled:
        set_disabled(engine, name, disabled=False)
        return
    if name == who.account:
        raise Conflict("You cannot disable your own account.", hint="Another administrator can.")
    with engine.begin() as connection:
        # Locked, so that two who disable each other's at once leave one of them.
        administrators = connection.execute(query("accounts/lock_administrators")).scalars().all()
        if list(administrators) == [account.id]:
            raise Conflict("This is the last administrator of everything.", hint="Make another one first.")
        connection.execute(query("accounts/set_disabled"), {"name": name, "disabled": True})


def _within(engine: Engine, who: Reader, area: str | None, worker_id: int | None) -> str:
    """The path of the area meant, which lies in `who`'s, as the worker does."""
    if area is None:
        raise NotAllowed(
            "Your account makes accounts of its own area only.", where="area", hint="Name an area within it."
        )
    number = int(area) if area.isascii() and area.isdigit() and len(area) < 19 else None
    with engine.connect() as connection:
        found = connection.execute(query("accounts/area"), {"id": number, "path": area}).one_or_none()
        post = connection.execute(query("accounts/worker_path"), {"worker": worker_id}).scalar_one_or_none()
    if found is None or found.path not in who.scope:
        raise NotFound(f"There is no area {area[:80]!r}.", where="area")
    if worker_id is not None and (post is None or post not in who.scope):
        raise NotFound(f"There is no worker {worker_id}.", where="worker_id")
    # Not the number as it came: a path may be a number too, and mean another area.
    return str(found.path)
