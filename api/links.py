"""Absolute addresses. QGIS loses the port of root-relative ones, so none is ever given out."""

from __future__ import annotations

import ipaddress

from fastapi import Request

from api.services import Services


def base_url(request: Request, bundle: Services) -> str:
    """Where clients reach this service, without a slash at the end.

    The operator's ``YIKE_PUBLIC_URL`` where it is set; else what a proxy on this machine or network
    says by ``X-Forwarded-…``; else the address of the request itself.
    """
    if bundle.settings.public_url:
        return bundle.settings.public_url
    scheme, host, prefix = request.url.scheme, request.url.netloc, ""
    if _is_near(request.client.host if request.client else None):
        headers = request.headers
        scheme = _first(headers.get("x-forwarded-proto")) or scheme
        prefix = (_first(headers.get("x-forwarded-prefix")) or "").rstrip("/")
        if forwarded := _first(headers.get("x-forwarded-host")):
            host = forwarded
            port = _first(headers.get("x-forwarded-port"))
            if port and ":" not in host and port != {"http": "80", "https": "443"}.get(scheme):
                host = f"{host}:{port}"
    return f"{scheme}://{host}{prefix}"


def is_loopback(host: str | None) -> bool:
    """Whether a name or address is this machine's own, which nobody else can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _first(value: str | None) -> str | None:
    return value.split(",")[0].strip() or None if value else None


def _is_near(client: str | None) -> bool:
    """Whether a proxy's word may be taken: it speaks from this machine or a private network."""
    try:
        address = ipaddress.ip_address(client or "")
    except ValueError:
        return False
    return address.is_loopback or address.is_private
