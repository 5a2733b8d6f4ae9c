"""Who asks is found out before any route runs, and what is not public is closed to who has not signed in.

Closed unless listed: a new route answers nobody without signing in until somebody writes its path down here.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.callers import Callers, headers_of, pushed_by
from api.problems import answer, busy
from geo.accounts.reader import Reader
from geo.errors import NotAllowed, NotSignedIn, YikeError
from tiles.layers import LAYERS

SIGN_IN = "/sign-in"
READINGS = "/api/v1/telemetry"
PAGES = ("/", "/wall", "/plan", "/work", "/visits", "/admin", "/docs")
"""Pages that lead to signing in; all others are public."""

# What `/nearby` and `/report` draw: streets, houses and facilities, never a person or a device.
_PUBLIC = re.compile(
    r"/(healthz|nearby|report|sign-in|favicon\.svg|manifest\.webmanifest|sw\.js|assets/.+|styles/[a-z]+\.json"
    r"|api/v1/(session|nearby(/qr\.svg)?|routes|facility-categories|incident-categories|reports(/[^/]+(/photos|/rate)?)?))"
)
_OGC = re.compile(r"/ogc/?(conformance|api|collections|tileMatrixSets(/\w+)?|tiles(/.+)?|collections/([a-z]+)(/.+)?)?")
_TILES = re.compile(r"/tiles/([a-z_,]+?)(\.json|/.*\.mvt)")


class Gate:
    """Puts a `Caller` into the request's state, or answers 401, 403 or, a page, with the way to the sign-in page."""

    def __init__(self, app: ASGIApp, callers: Callers) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._callers.of(scope, headers_of(scope))
            let_in(scope["path"], caller.reader)
        except NotSignedIn as error:
            await to_sign_in(scope, error)(scope, receive, send)
            return
        except YikeError as error:
            await answer(error)(scope, receive, send)
            return
        except PoolTimeout:
            # Out here the application's own handlers do not reach.
            await busy()(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["caller"], state["forget"] = caller, self._callers.forget
        await self._app(scope, receive, send)


def let_in(path: str, reader: Reader) -> None:
    """Pass whoever may ask for a path.

    Raises
    ------
    NotSignedIn, NotAllowed
        When the path is not public, and the reader nobody, or a source.
    """
    if is_public(path) or reader.may("read") or (_takes_readings(path) and reader.may("send")):
        return
    if reader.role == "source":
        raise NotAllowed("A source's key sends readings, and nothing else.")
    raise NotSignedIn("Sign in first.", hint=f"POST /api/v1/session, or the page {SIGN_IN}.")


def is_public(path: str) -> bool:
    """Whether a path answers without signing in, wherever the request comes from."""
    if _PUBLIC.fullmatch(path):
        return True
    if ogc := _OGC.fullmatch(path):
        # Documents list only what the reader may have; tiles of several collections see to it themselves.
        return ogc[4] is None or (ogc[4] in LAYERS and LAYERS[ogc[4]].is_public)
    tiles = _TILES.fullmatch(path)
    return tiles is not None and all(name in LAYERS and LAYERS[name].is_public for name in tiles[1].split(","))


def _takes_readings(path: str) -> bool:
    return path == READINGS or pushed_by(path) is not None


def to_sign_in(scope: Scope, error: NotSignedIn) -> Response:
    """The answer to who is not signed in: of a page the way to sign in, else 401."""
    if scope["method"] in ("GET", "HEAD") and scope["path"] in PAGES:
        query = scope["query_string"].decode("latin-1")
        wanted = f"{scope['path']}?{query}" if query else scope["path"]
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='/')}", 303, {"Cache-Control": "no-store"})
    response = answer(error)
    # RFC 9110 wants one; this one makes no browser open a dialogue of its own.
    response.headers["WWW-Authenticate"] = 'Bearer realm="Yike"'
    return response
