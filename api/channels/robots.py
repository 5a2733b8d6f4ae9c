"""Group robots of WeCom 企业微信 and DingTalk 钉钉: a text to a group. They answer 200 with an `errcode`; 0 is good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import httpx
import orjson

from api.channels.addresses import Reach
from api.channels.http import post
from geo.live.outbox import Notice, NotTold, PerhapsTold

_MOST_BYTES = 2048
"""Of the content, in UTF-8: WeCom's limit; DingTalk's is higher."""


def send(notice: Notice, text: str, reach: Reach) -> None:
    """Send it to the group."""
    url = notice.url or ""
    if notice.type == "dingtalk" and notice.secret:
        url = signed(url, notice.secret, int(time.time() * 1000))
    content = text.encode()[:_MOST_BYTES].decode(errors="ignore")
    answer = post(url, orjson.dumps({"msgtype": "text", "text": {"content": content}}), reach)
    try:
        code = orjson.loads(answer)["errcode"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise PerhapsTold("The answer is not a robot's.") from None
    if code != 0:
        raise NotTold(f"The robot answered errcode {str(code)[:20]}.")


def signed(url: str, secret: str, timestamp_ms: int) -> str:
    """DingTalk's 加签: HMAC-SHA256 of "timestamp\\nsecret" with the secret, base64, as parameters of the address."""
    digest = hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    sign = base64.b64encode(digest).decode()
    return str(httpx.URL(url).copy_merge_params({"timestamp": str(timestamp_ms), "sign": sign}))
