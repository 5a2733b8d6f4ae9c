"""Signing in and out. A session lasts thirty days after it was last used: a wall is never asked again."""

from __future__ import annotations

from sqlalchemy import Engine

from geo.accounts.passwords import digest, hash_password, new_token, verify_password, wants_rehash
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.errors import NotSignedIn
from geo.scope import AreaScope

LASTS_S = 30 * 86400
_PROLONG_BELOW_S = 29 * 86400


def sign_in(engine: Engine, name: str, password: str) -> str:
    """Open a session; returns its token, which is kept nowhere.

    Raises
    ------
    NotSignedIn
        When there is no such account, or that is not its password; which of the two is not told.
    """
    with engine.connect() as connection:
        row = connection.execute(query("accounts/sign_in"), {"name": name}).one_or_none()
    if not verify_password(password, row.password_hash if row else None) or row is None:
        raise NotSignedIn("Name or password is wrong.", where="password")
    token = new_token()
    with engine.begin() as connection:
        if wants_rehash(row.password_hash):
            connection.execute(query("accounts/rehash"), {"account": row.id, "password_hash": hash_password(password)})
        connection.execute(
            query("accounts/open_session"), {"digest": digest(token), "account": row.id, "lasts_s": LASTS_S}
        )
    return token


def reader_of(engine: Engine, token: str) -> Reader | None:
    """Whose session a token is; None when it is over, or its account disabled."""
    with engine.connect() as connection:
        row = connection.execute(query("accounts/session"), {"digest": digest(token)}).one_or_none()
    if row is None:
        return None
    if row.left_s < _PROLONG_BELOW_S:
        # At most once a day, so that being looked at does not mean being written to.
        with engine.begin() as connection:
            connection.execute(query("accounts/prolong_session"), {"digest": digest(token), "lasts_s": LASTS_S})
    return Reader(row.display_name, row.role, AreaScope.below(row.path), row.name, row.worker_id)


def sign_out(engine: Engine, token: str) -> None:
    """End a session; one that is over already is fine."""
    with engine.begin() as connection:
        connection.execute(query("accounts/close_session"), {"digest": digest(token)})
