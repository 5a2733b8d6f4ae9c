"""Where a run of Yike is reached, by people and by its own processes."""

from __future__ import annotations

from api.cli.console import console
from api.tls import certificate_for, lan_address
from geo.settings import Settings

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 — compared, not bound


def environment(settings: Settings) -> dict[str, str]:
    """What the processes of one `yike up` share."""
    shared = {
        "YIKE_PORT": str(settings.port),
        "YIKE_HOST": settings.host,
        "YIKE_HOME": str(settings.home),
        "YIKE_TLS": str(settings.tls).lower(),
        "YIKE_OPERATOR_KEY": settings.operator_key or "",
    }
    if settings.tls:
        made = certificate_for(settings)
        shared |= {"YIKE_TLS_CERTIFICATE": str(made.certificate), "YIKE_TLS_KEY": str(made.key)}
    return shared


def tell_authority(settings: Settings) -> None:
    """Say which file phones need, where the certificate is of the local authority."""
    if settings.tls and (authority := certificate_for(settings).authority) is not None:
        console.print(f"Phones trust it once they have installed {authority}", highlight=False, markup=False)


def address(settings: Settings) -> str:
    """The address people type."""
    host = (lan_address() or "127.0.0.1") if settings.host in _ANYWHERE else settings.host
    return settings.public_url or _url(settings, host)


def own_address(settings: Settings) -> str:
    """The address our own processes use."""
    return _url(settings, "127.0.0.1" if settings.host in _ANYWHERE else settings.host)


def _url(settings: Settings, host: str) -> str:
    return f"{'https' if settings.tls else 'http'}://{f'[{host}]' if ':' in host else host}:{settings.port}"
