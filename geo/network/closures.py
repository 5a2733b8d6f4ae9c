"""Streets that are closed for now: nobody is sent through them, and every figure counts so."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from geo.database.sql import query
from geo.errors import NotFound
from geo.scope import AreaScope

log = logging.getLogger("yike.network")


def close_street(engine: Engine, street_id: int, *, closed: bool, scope: AreaScope, who: str) -> str | None:
    """Close a street, or open it again; an import of the same streets leaves it as it is.

    It makes a new revision of the network, unless it stood so already.

    Returns
    -------
    str or None
        The street's name.

    Raises
    ------
    NotFound
        When there is no such street, or it lies outside the scope.
    """
    parameters = {
        "street": street_id,
        "closed": closed,
        "everywhere": scope == AreaScope.everything(),
        "lower": scope.lower,
        "upper": scope.upper,
    }
    with engine.begin() as connection:
        found = connection.execute(query("network/close_street"), parameters).one_or_none()
    if found is None:
        raise NotFound(f"There is no street {street_id}.", where="street_id")
    if found.changed:
        log.info("street %d (%s) %s by %s", street_id, found.name, "closed" if closed else "opened", who)
    name: str | None = found.name
    return name
