"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from limits import RateLimitItemPerMinute

from api.callers import COOKIE, Caller
from api.gate import SIGN_IN
from api.links import base_url
from api.parameters import Bundle, caller
from api.schemas.people import SessionIn, SessionOut
from geo.accounts.reader import Reader
from geo.accounts.sessions import reader_of, sign_in, sign_out
from geo.database.sql import query
from geo.errors import NotSignedIn, TooMany

router = APIRouter(prefix="/api/v1", tags=["session"])

_FAILURES = RateLimitItemPerMinute(10, 5)
"""Ten wrong passwords in five minutes from one address. Not by account: anyone could lock a dispatcher out."""

_COOKIE_S = 400 * 86400
"""The longest a browser keeps a cookie (RFC 6265bis). The session itself decides when it is over: it is prolonged by
being used, and the cookie of a page that stays open cannot be."""

By = Annotated[Caller, Depends(caller)]


@router.get("/session")
def session(bundle: Bundle, by: By) -> SessionOut:
    """Who is signed in; 401 when nobody is. At the machine itself nobody has to."""
    if not by.reader.may("read"):
        raise NotSignedIn("Nobody is signed in.", hint=f"The page {SIGN_IN}.")
    return _told(bundle, by.reader)


@router.post("/session")
def begin(request: Request, response: Response, bundle: Bundle, body: SessionIn) -> SessionOut:
    """Sign in. The session is kept in a cookie that scripts cannot read."""
    address = request.client.host if request.client else ""
    if not bundle.limiter.test(_FAILURES, "sign-in", address):
        raise TooMany("Too many wrong passwords from here.", hint="Try again in five minutes.")
    try:
        token = sign_in(bundle.engine, body.name, body.password)
    except NotSignedIn:
        bundle.limiter.hit(_FAILURES, "sign-in", address)
        raise
    reader = reader_of(bundle.engine, token)
    if reader is None:
        raise NotSignedIn("The account has just been disabled.")
    response.set_cookie(
        COOKIE,
        token,
        max_age=_COOKIE_S,
        httponly=True,
        samesite="lax",
        secure=base_url(request, bundle).startswith("https:"),
    )
    response.headers["Cache-Control"] = "no-store"
    return _told(bundle, reader)


@router.delete("/session", status_code=204)
def end(request: Request, response: Response, bundle: Bundle, by: By) -> None:
    """Sign out."""
    if by.token is not None:
        sign_out(bundle.engine, by.token)
        request.state.forget(by.token)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def _told(bundle: Bundle, reader: Reader) -> SessionOut:
    area = None
    if reader.scope.lower:
        with bundle.engine.connect() as connection:
            area = connection.execute(query("places/area_of_path"), {"path": reader.scope.lower}).scalar_one_or_none()
    return SessionOut(
        account=reader.account,
        name=reader.name,
        role=reader.role,
        area_id=area,
        worker_id=reader.worker_id,
        rights=sorted(reader.rights),
    )
