"""Who asks is found out before any route runs, and what is not public is closed to who has not signed in.

Closed unless listed: a new route answers nobody without signing in until somebody writes its path down here.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlsplit

from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.intake.adapters import ADAPTERS, Adapter
from api.links import is_loopback
from api.problems import answer, busy
from api.services import Services
from geo.accounts.passwords import digest
from geo.accounts.reader import AT_THIS_MACHINE, VISITOR, Reader
from geo.accounts.sessions import reader_of
from geo.accounts.sources import source_of
from geo.errors import NotAllowed, NotSignedIn, YikeError
from tiles.layers import LAYERS

COOKIE = "yike_session"
SIGN_IN = "/sign-in"
READINGS = "/api/v1/telemetry"
PUSH = "/api/v1/push/"
PAGES = ("/", "/wall", "/plan", "/work", "/visits", "/admin", "/docs")
"""Pages that lead to signing in; all others are public."""

# What `/nearby` and `/report` draw: streets, houses and facilities, never a person or a device.
_PUBLIC = re.compile(
    r"/(healthz|nearby|report|sign-in|favicon\.svg|manifest\.webmanifest|sw\.js|assets/.+|styles/[a-z]+\.json"
    r"|api/v1/(session|nearby(/qr\.svg)?|routes|facility-categories|incident-categories|reports(/[^/]+(/photos|/rate)?)?))"
)
_OGC = re.compile(r"/ogc/?(conformance|api|collections|tileMatrixSets(/\w+)?|tiles(/.+)?|collections/([a-z]+)(/.+)?)?")
_TILES = re.compile(r"/tiles/([a-z_,]+?)(\.json|/.*\.mvt)")
_KNOWN_FOR_S = 10.0
_MOST_KNOWN = 20_000
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from, and the session's token where there is one."""

    reader: Reader
    token: str | None = None


class Gate:
    """Puts a `Caller` into the request's state, or answers 401, 403 or, a page, with the way to the sign-in page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Ten seconds of memory: a tile must not cost a query, a disabled account not last.
        self._known: dict[bytes, tuple[float, Reader | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
            self._let_in(scope["path"], caller.reader)
        except NotSignedIn as error:
            await _to_sign_in(scope, error)(scope, receive, send)
            return
        except YikeError as error:
            await answer(error)(scope, receive, send)
            return
        except PoolTimeout:
            # Out here the application's own handlers do not reach.
            await busy()(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["caller"], state["forget"] = caller, self.forget
        await self._app(scope, receive, send)

    @staticmethod
    def _let_in(path: str, reader: Reader) -> None:
        if is_public(path) or reader.may("read") or (_takes_readings(path) and reader.may("send")):
            return
        if reader.role == "source":
            raise NotAllowed("A source's key sends readings, and nothing else.")
        raise NotSignedIn("Sign in first.", hint=f"POST /api/v1/session, or the page {SIGN_IN}.")

    async def _caller(self, scope: Scope) -> Caller:
        services: Services = scope["app"].state.services
        headers = Headers(scope=scope)
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            return Caller(await self._bearer(services, key.strip(), "Authorization"))
        if (pushed := _pushed_key(scope)) is not None:
            return Caller(await self._bearer(services, pushed, "key"))
        if _is_foreign(headers, scope):
            # Another site's script in somebody's browser is not that somebody.
            return Caller(VISITOR)
        token = _cookie(headers)
        if token and (reader := await self._remember(digest(token), lambda: reader_of(services.engine, token))):
            return Caller(reader, token)
        local = services.settings.public_url is None and _is_at_this_machine(headers, scope)
        return Caller(AT_THIS_MACHINE if local else VISITOR)

    async def _bearer(self, services: Services, key: str, where: str) -> Reader:
        operator = services.settings.operator_key
        if operator is not None and hmac.compare_digest(operator.encode(), key.encode()):
            return AT_THIS_MACHINE
        reader = await self._remember(digest(key), lambda: source_of(services.engine, key))
        if reader is None:
            raise NotSignedIn("This key is not known, or disabled.", where=where)
        return reader

    async def _remember(self, name: bytes, look_up: Callable[[], Reader | None]) -> Reader | None:
        now = time.monotonic()
        kept = self._known.get(name)
        if kept is not None and kept[0] > now:
            return kept[1]
        reader = await run_in_threadpool(look_up)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[name] = (now + _KNOWN_FOR_S, reader)
        return reader

    def forget(self, token: str) -> None:
        """Look a token up anew next time."""
        self._known.pop(digest(token), None)


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
    return path == READINGS or _pushed_by(path) is not None


def _pushed_by(path: str) -> Adapter | None:
    return ADAPTERS.get(path.removeprefix(PUSH)) if path.startswith(PUSH) else None


def _pushed_key(scope: Scope) -> str | None:
    """The key in the address of a push; in no other address is a key looked for."""
    adapter = _pushed_by(scope["path"])
    if adapter is None:
        return None
    return adapter.key(dict(parse_qsl(scope["query_string"].decode("latin-1"))))


def _to_sign_in(scope: Scope, error: NotSignedIn) -> Response:
    if scope["method"] in ("GET", "HEAD") and scope["path"] in PAGES:
        query = scope["query_string"].decode("latin-1")
        wanted = f"{scope['path']}?{query}" if query else scope["path"]
        return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='/')}", 303, {"Cache-Control": "no-store"})
    response = answer(error)
    # RFC 9110 wants one; this one makes no browser open a dialogue of its own.
    response.headers["WWW-Authenticate"] = 'Bearer realm="Yike"'
    return response


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def _is_foreign(headers: Headers, scope: Scope) -> bool:
    """Whether a script of another site asks (the Origin header of the Fetch standard)."""
    origin = headers.get("origin")
    if origin is None:
        return False
    asked = headers.get("x-forwarded-host", headers.get("host", ""))
    here = urlsplit(origin)
    if here.netloc == asked:
        return False
    public = scope["app"].state.services.settings.public_url
    if public is not None and urlsplit(public).netloc == here.netloc:
        return False
    return not (is_loopback(here.hostname) and is_loopback(urlsplit(f"//{asked}").hostname))


def _is_at_this_machine(headers: Headers, scope: Scope) -> bool:
    """Whether a request was made on this machine, to an address of this machine, and not passed on by a proxy.

    The name asked for counts as well: a page on the internet may point its own name at 127.0.0.1.
    """
    client = scope.get("client")
    if client is None or not is_loopback(client[0]) or any(name in headers for name in _FORWARDED):
        return False
    return is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname)
