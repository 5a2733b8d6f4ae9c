"""One POST: no redirects, no proxy, an answer within ten seconds or none, and an error that gives nothing away."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache

import httpx

from api.channels.addresses import Reach
from geo.live.outbox import NotTold, PerhapsTold

TOTAL_S = 10.0
_EACH_S = 5.0
_MOST_BYTES = 65_536


def post(url: str, body: bytes, reach: Reach, headers: Mapping[str, str] | None = None) -> bytes:
    """Send JSON; the answer's first 64 KiB once it is 2xx.

    Raises
    ------
    NotTold
        When it was refused, or never handed over.
    PerhapsTold
        When it was handed over and no whole answer came.
    """
    target = httpx.URL(url)
    port = target.port or (80 if target.scheme == "http" else 443)
    address = reach.resolve(target.host, port, plain=target.scheme == "http")
    request = httpx.Request(
        "POST",
        target.copy_with(host=address),
        content=body,
        headers={"Host": target.netloc.decode(), "Content-Type": "application/json; charset=utf-8",
                 "User-Agent": "yike", **(headers or {})},
        # The certificate is checked against the name, wherever the connection goes.
        extensions={"sni_hostname": target.host, "timeout": httpx.Timeout(_EACH_S).as_dict()},
    )  # fmt: skip
    try:
        status, answer = asyncio.run(_within(request))
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise NotTold("No connection.") from None
    except TimeoutError:
        raise PerhapsTold("No answer in time.") from None
    except httpx.TimeoutException:
        raise PerhapsTold("No answer in time.") from None
    except httpx.HTTPError:
        raise PerhapsTold("The connection broke off.") from None
    if not httpx.codes.is_success(status):
        raise NotTold(f"Answered {status}.")
    return answer


async def _within(request: httpx.Request) -> tuple[int, bytes]:
    """Status and answer; the time limit is on all of it, so that drops at a time do not last for ever."""
    async with asyncio.timeout(TOTAL_S), httpx.AsyncClient(verify=_context(), trust_env=False) as client:
        response = await client.send(request, stream=True, follow_redirects=False)
        answer = b""
        try:
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) >= _MOST_BYTES:
                    break
        finally:
            await response.aclose()
        return response.status_code, answer


@cache
def _context() -> ssl.SSLContext:
    """The usual authorities, and those this machine trusts besides."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context
