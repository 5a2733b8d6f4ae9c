"""Where the MQTT broker is."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

DEFAULT_SESSION = "yike"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker's address, and the session that is kept there. Printed without the password."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    session: str = DEFAULT_SESSION

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}/{self.session}"


def broker_of(url: str) -> Broker:
    """The broker of an address that `geo.settings` has checked."""
    parts = urlsplit(url)
    tls = parts.scheme == "mqtts"
    return Broker(
        host=parts.hostname or "",
        port=parts.port or (8883 if tls else 1883),
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        session=parts.path.strip("/") or DEFAULT_SESSION,
    )
