"""Who a request comes from: a session's cookie, a bearer key, this machine, or a visitor."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.intake.adapters import ADAPTERS, Adapter
from api.links import is_loopback
from api.services import Services
from geo.accounts.passwords import digest
from geo.accounts.reader import AT_THIS_MACHINE, VISITOR, Reader
from geo.accounts.sessions import reader_of
from geo.accounts.sources import source_of
from geo.errors import NotSignedIn

COOKIE = "yike_session"
PUSH = "/api/v1/push/"

_KNOWN_FOR_S = 10.0
_MOST_KNOWN = 20_000
_FORWARDED = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"))
_HERE = ("127.0.0.1", "::1")

Headers = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from, and the session's token where there is one."""

    reader: Reader
    token: str | None = None


_VISITOR, _AT_THIS_MACHINE = Caller(VISITOR), Caller(AT_THIS_MACHINE)


@dataclass
class Callers:
    """Finds out who asks, and remembers it for ten seconds: a tile costs no query, a disabled account does not last."""

    _known: dict[bytes, tuple[float, Reader | None]] = field(default_factory=dict)

    async def of(self, scope: Scope, headers: Headers) -> Caller:
        """Who sends a request.

        Raises
        ------
        NotSignedIn
            When a key is given and not known.
        """
        services: Services = scope["app"].state.services
        if (authorization := headers.get(b"authorization")) is not None:
            kind, _, key = authorization.decode("latin-1").partition(" ")
            if kind.lower() == "bearer" and key:
                return Caller(await self._bearer(services, key.strip(), "Authorization"))
        if (pushed := _pushed_key(scope)) is not None:
            return Caller(await self._bearer(services, pushed, "key"))
        if b"origin" in headers and _is_foreign(headers, services.settings.public_url):
            # Another site's script in somebody's browser is not that somebody.
            return _VISITOR
        token = _cookie(headers)
        if token and (reader := await self._remember(digest(token), lambda: reader_of(services.engine, token))):
            return Caller(reader, token)
        local = services.settings.public_url is None and _is_at_this_machine(headers, scope.get("client"))
        return _AT_THIS_MACHINE if local else _VISITOR

    def forget(self, token: str) -> None:
        """Look a token up anew next time."""
        self._known.pop(digest(token), None)

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


def headers_of(scope: Scope) -> Headers:
    """The request's headers by name; of one that stands there twice the first."""
    return dict(reversed(scope["headers"]))


def pushed_by(path: str) -> Adapter | None:
    """The adapter behind the address of a push."""
    return ADAPTERS.get(path.removeprefix(PUSH)) if path.startswith(PUSH) else None


def _pushed_key(scope: Scope) -> str | None:
    """The key in the address of a push; in no other address is a key looked for."""
    adapter = pushed_by(scope["path"])
    if adapter is None:
        return None
    return adapter.key(dict(parse_qsl(scope["query_string"].decode("latin-1"))))


def _cookie(headers: Headers) -> str | None:
    sent = headers.get(b"cookie")
    if sent is None:
        return None
    try:
        found = SimpleCookie(sent.decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


def _is_foreign(headers: Headers, public_url: str | None) -> bool:
    """Whether a script of another site asks (the Origin header of the Fetch standard)."""
    origin = headers[b"origin"].decode("latin-1")
    asked = headers.get(b"x-forwarded-host", headers.get(b"host", b"")).decode("latin-1")
    here = urlsplit(origin)
    if here.netloc == asked:
        return False
    if public_url is not None and urlsplit(public_url).netloc == here.netloc:
        return False
    return not (is_loopback(here.hostname) and is_loopback(urlsplit(f"//{asked}").hostname))


def _is_at_this_machine(headers: Headers, client: tuple[str, int] | None) -> bool:
    """Whether a request was made on this machine, to an address of this machine, and not passed on by a proxy.

    The name asked for counts as well: a page on the internet may point its own name at 127.0.0.1.
    """
    if client is None or not (client[0] in _HERE or is_loopback(client[0])):
        return False
    return _FORWARDED.isdisjoint(headers) and _names_this_machine(headers.get(b"host", b""))


@lru_cache(1024)
def _names_this_machine(host: bytes) -> bool:
    return is_loopback(urlsplit(f"//{host.decode('latin-1')}").hostname)
