"""Channels: ways to tell people, for administrators of their area."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from api.channels import teller
from api.channels.addresses import Reach
from api.channels.texts import TRIAL
from api.parameters import Administrator, Bundle
from api.schemas.geojson import Items
from api.schemas.notices import ChannelIn, ChannelOut, ChannelPatch, TrialOut
from api.services import Services
from geo.accounts.reader import Reader
from geo.database.sql import query
from geo.errors import Conflict, InvalidInput, NotAllowed, NotFound
from geo.live.outbox import Notice, NotTold
from geo.scope import AreaScope

router = APIRouter(prefix="/api/v1", tags=["notifications"])

ALWAYS_THERE = "trial"


@router.get("/channels")
def channels(bundle: Bundle, who: Administrator) -> Items[ChannelOut]:
    """The channels of the reader's area."""
    with bundle.engine.connect() as connection:
        rows = connection.execute(query("notices/channels"), _range(who, None)).mappings().all()
    return Items(items=[_shown(row) for row in rows])


@router.post("/channels", status_code=201)
def add(bundle: Bundle, who: Administrator, body: ChannelIn) -> ChannelOut:
    """A new one. It tells of what happens from now on."""
    with bundle.engine.begin() as connection:
        values = _values(bundle, connection, who, body)
        made = connection.execute(query("notices/add_channel"), values).scalar_one_or_none()
        if made is None:
            raise Conflict("There is a channel of this name.", where="name")
        return _shown(_row(connection, who, made))


@router.patch("/channels/{channel_id}")
def change(bundle: Bundle, who: Administrator, channel_id: int, body: ChannelPatch) -> ChannelOut:
    """Change what is given. A secret or address that is not given stays as it is."""
    with bundle.engine.begin() as connection:
        row = _row(connection, who, channel_id)
        before = {name: row[name] for name in ChannelIn.model_fields if name in row}
        if row["type"] == "smtp":
            before["url"] = None
        given = body.model_dump(exclude_unset=True)
        try:
            wanted = ChannelIn.model_validate({**before, "area": row["path"] or None, **given})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or None
            raise InvalidInput(f"{str(first['msg']).removeprefix('Value error, ')}.", where=where) from None
        values = _values(bundle, connection, who, wanted)
        if _goes_elsewhere(row, wanted) and row["secret"] and "secret" not in given:
            raise InvalidInput("is for another mail server.", where="secret", hint="Give the password for this one.")
        changed = connection.execute(query("notices/change_channel"), {**values, "id": channel_id})
        if changed.scalar_one_or_none() is None:
            raise Conflict("There is a channel of this name.", where="name")
        return _shown(_row(connection, who, channel_id))


@router.delete("/channels/{channel_id}", status_code=204)
def drop(bundle: Bundle, who: Administrator, channel_id: int) -> Response:
    """Remove it, with what it told and was still to tell."""
    with bundle.engine.begin() as connection:
        if _row(connection, who, channel_id)["name"] == ALWAYS_THERE:
            raise Conflict("The trial channel is always there.", hint='Disable it: PATCH with {"enabled": false}.')
        connection.execute(query("notices/drop_channel"), {"id": channel_id})
    return Response(status_code=204)


@router.post("/channels/{channel_id}/test")
def trial(bundle: Bundle, who: Administrator, channel_id: int) -> TrialOut:
    """Send a trial message now, even over a disabled channel, and tell the outcome. It goes to no resident."""
    with bundle.engine.connect() as connection:
        row = _row(connection, who, channel_id)
    told = {name: row[name] for name in ("type", "url", "secret", "settings")}
    notice = Notice(id=0, at=datetime.now(UTC), event=TRIAL, audience="duty", channel=row["name"], **told)
    try:
        teller(bundle.settings)(notice)
    except NotTold as failure:
        return TrialOut(told=False, error=str(failure))
    return TrialOut(told=True)


def _range(who: Reader, channel_id: int | None) -> dict[str, Any]:
    return {"lower": who.scope.lower, "upper": who.scope.upper, "id": channel_id}


def _row(connection: Connection, who: Reader, channel_id: int) -> Any:
    row = connection.execute(query("notices/channels"), _range(who, channel_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no channel {channel_id}.", where="channel_id")
    return row


def _goes_elsewhere(row: Any, wanted: ChannelIn) -> bool:
    """Whether a mail password would be told to another server than it was given for, or in clear."""
    settings = wanted.settings
    there = (settings.host, settings.port, settings.security)
    return wanted.type == "smtp" and there != tuple(row["settings"].get(name) for name in ("host", "port", "security"))


def _values(bundle: Services, connection: Connection, who: Reader, wanted: ChannelIn) -> dict[str, Any]:
    """The columns of a channel, checked against what this reader and this service allow."""
    url = wanted.url
    if wanted.type == "smtp":
        scheme = "smtps" if wanted.settings.security == "tls" else "smtp"
        url = f"{scheme}://{wanted.settings.host}:{wanted.settings.port}"
    elif url is not None:
        Reach(private=bundle.settings.private_channels).check_url(url)
    settings = wanted.settings.model_dump(exclude_none=True)
    values = wanted.model_dump(exclude={"area", "settings"})
    return {
        **values,
        "url": url,
        "settings": orjson.dumps(settings).decode(),
        "path": _path(connection, who, wanted.area),
        "who": who.name,
    }


def _path(connection: Connection, who: Reader, area: str | int | None) -> str:
    if area is None or area == "":
        if who.scope != AreaScope.everything():
            raise NotAllowed("Your account tells of its own area only.", where="area", hint="Name an area within it.")
        return ""
    named = str(area)
    number = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else None
    path = connection.execute(query("places/area_path"), {"id": number, "path": named}).scalar_one_or_none()
    if path is None or path not in who.scope:
        raise NotFound(f"There is no area {named[:80]!r}.", where="area")
    return str(path)


def _shown(row: Any) -> ChannelOut:
    shown = {name: row[name] for name in ChannelOut.model_fields if name in row}
    host = urlsplit(row["url"]).hostname if row["url"] else None
    return ChannelOut(**shown, host=host, has_secret=row["secret"] is not None, area=row["path"] or None)
