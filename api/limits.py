"""How much one address may ask for where nobody signs in."""

from __future__ import annotations

import math
import time

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute

from api.services import Services
from geo.accounts.reader import Reader
from geo.errors import TooMany

_VISITORS = RateLimitItemPerMinute(120)


def take_one_of_a_visitor(bundle: Services, request: Request, who: Reader, what: str) -> None:
    """Count a request of `what` where nobody is signed in; raises `TooMany` as `take_one` does."""
    if not who.may("read"):
        take_one(bundle, request, _VISITORS, what)


def take_one(bundle: Services, request: Request, limit: RateLimitItem, what: str) -> None:
    """Count a request of what the address asks for.

    Raises
    ------
    TooMany
        When it is one too many; `retry_after_s` is in how many seconds the next is taken, and goes into Retry-After.
    """
    address = request.client.host if request.client else ""
    if bundle.limiter.hit(limit, what, address):
        return
    wait_s = math.ceil(bundle.limiter.get_window_stats(limit, what, address).reset_time - time.time())
    raise TooMany("Too many requests from here for now.", hint="Try again in a moment.", retry_after_s=max(wait_s, 1))
