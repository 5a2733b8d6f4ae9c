"""Where a channel may lead. An address somebody typed must not become a way into the house's own network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from geo.errors import InvalidInput
from geo.live.outbox import NotTold

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Reach:
    """The public internet; with `private` this machine and private networks as well, there also over plain HTTP."""

    private: bool = False

    def allows(self, address: Address, *, plain: bool = False) -> bool:
        """Whether a connection may go to this address; `plain`: without encryption."""
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        address = mapped or address
        if address.is_multicast or address.is_link_local or address.is_unspecified:
            return False
        if address.is_global:
            return not plain
        return self.private and (address.is_private or address.is_loopback)

    def check_url(self, url: str) -> None:
        """Refuse at once what can be told from the text alone; names are looked up, and checked, at each sending.

        Raises
        ------
        InvalidInput
            Says what would be right.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if host is None or port == 0 or parts.username is not None or any(char <= " " for char in url):
            raise InvalidInput("is no web address.", where="url", hint="https://host/path, without a user name.")
        if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not self.private):
            raise InvalidInput("must begin with https://.", where="url", hint=_HINT)
        literal = _literal(host)
        if literal is not None and not self.allows(literal, plain=parts.scheme == "http"):
            raise InvalidInput("leads to an address that is not allowed.", where="url", hint=_HINT)

    def resolve(self, host: str, port: int, *, plain: bool = False) -> str:
        """An address of this host to connect to. Connecting to it, and not to the name, leaves no second answer.

        Raises
        ------
        NotTold
            When there is no such host, or one of its addresses is not allowed.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotTold("The host of this channel is not known.") from None
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not all(self.allows(address, plain=plain) for address in addresses):
            raise NotTold("The host of this channel has an address that is not allowed.")
        return str(addresses[0])


_HINT = "YIKE_PRIVATE_CHANNELS allows addresses of this machine and private networks, and http:// there."


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
