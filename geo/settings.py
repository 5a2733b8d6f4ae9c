"""What an operator may set: the environment (prefix ``YIKE_``) and a ``.env`` file."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[1]
"""The folder that holds `geo/`: the checkout, or site-packages of an installed wheel."""


_SECRETS = ("mqtt_url", "operator_key")
"""Settings whose wrong value is not repeated: it ends in a log."""


def default_home() -> Path:
    """Where the private database, logs and run files live when nothing is set.

    A folder of this checkout; as root one under ``/var/lib/yike``, because the
    database runs as the ``postgres`` user, which cannot enter ``/root``.
    """
    if os.geteuid() != 0:
        return CHECKOUT / ".yike"
    mark = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return Path("/var/lib/yike") / f"{CHECKOUT.name}-{mark}"


class Settings(BaseSettings):
    """Every setting, its default and its check. One field here is one ``YIKE_…`` variable."""

    model_config = SettingsConfigDict(
        env_prefix="YIKE_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(default_factory=default_home, description="Folder of the private database, logs and run files")
    database_url: str | None = Field(
        None,
        description="Another PostgreSQL server, postgresql://user@host/name; none = a private one in YIKE_HOME",
    )
    database_pool: Annotated[int, Field(ge=1, le=200)] = Field(
        12, description="Database connections one API process may hold"
    )
    tile_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        4, description="Database connections one API process may hold for tiles, beside YIKE_DATABASE_POOL"
    )
    tile_cache_mb: Annotated[int, Field(ge=0, le=100_000)] = Field(
        256, description="Megabytes of tiles one API process keeps in memory"
    )
    statement_timeout_s: Annotated[int, Field(ge=1, le=3600)] = Field(
        30, description="Seconds after which the database gives up on one query of the API"
    )
    host: str = Field("127.0.0.1", description="Address the API listens on")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8000, description="Port the API listens on")
    public_url: str | None = Field(
        None, description="The address people type, when a proxy in front does not send X-Forwarded headers"
    )
    operator_key: Annotated[str, Field(min_length=20)] | None = Field(
        None, description="Whoever sends it as a bearer token may do everything; `yike up` makes one a run for itself"
    )
    tls: bool = Field(False, description="Serve over HTTPS, with a certificate of a local authority or the next two")
    tls_certificate: Path | None = Field(None, description="The operator's certificate with its chain, PEM")
    tls_key: Path | None = Field(None, description="Its key, PEM")
    mqtt_url: SecretStr | None = Field(
        None, description="A broker to read from, mqtt:// or mqtts://user:password@host:port/session; none = no broker"
    )
    private_channels: bool = Field(
        False, description="Messages may also go to this machine and private networks, and there over plain HTTP"
    )
    web_dir: Path = Field(CHECKOUT / "web" / "dist", description="The built pages")
    baked: Path | None = Field(
        None, description="A file of `yike tiles bake`; tiles it knows and nobody edited since are served from it"
    )
    snap_limit_m: Annotated[float, Field(gt=0, le=5000)] = Field(
        250.0, description="How far from a street, in metres, a place may lie and still be joined to it"
    )
    position_fresh_s: Annotated[float, Field(ge=10, le=86400)] = Field(
        1800.0, description="A worker's position older than this counts no more: the post stands in for it"
    )
    prefer_own_grid_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        120.0, description="Seconds that a worker of another grid must be quicker by to be sent before the grid's own"
    )
    prefer_free_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        300.0, description="Seconds that each open order in hand counts against a worker"
    )
    prefer_seen_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        120.0,
        description="Seconds that count against a worker whose position is too old and who is taken to be at the post",
    )
    most_open_orders: Annotated[int, Field(ge=1, le=1000)] = Field(
        5, description="A worker with so many open orders is sent no further one by Yike's own choice"
    )
    standards: Path | None = Field(
        None, description="A folder of the district's own standards (.toml), read besides those that come with Yike"
    )
    keep_readings_days: Annotated[int, Field(ge=60, le=3650)] = Field(
        60, description="Days that single readings are kept; their hourly figures live on"
    )
    keep_rollups_days: Annotated[int, Field(ge=60, le=36500)] = Field(
        400, description="Days that hourly figures of readings are kept"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged")

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("mqtt_url")
    @classmethod
    def _is_broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (wrong := _wrong_in_broker(value.get_secret_value())):
            raise ValueError(wrong)
        return value

    @field_validator("public_url")
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else None

    @field_validator("home", "web_dir", "standards", "baked")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value is not None else None


def _wrong_in_broker(url: str) -> str | None:
    """What is wrong in a broker's address; names no part of it, because any part may be the password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "its host or port cannot be read; a password's special characters are written as %XX"
    if parts.scheme not in ("mqtt", "mqtts"):
        return "must begin with mqtt:// or mqtts://"
    if not parts.hostname:
        return "the host is missing"
    if parts.query or parts.fragment:
        return "must hold no ? and no #; a password's special characters are written as %XX"
    if not re.fullmatch(r"/?|/[A-Za-z0-9_.-]{1,60}", parts.path):
        return "the session's name, behind the host, has 1 to 60 letters, digits, dots, hyphens or underscores"
    return None


def load_settings() -> Settings:
    """The settings of this process.

    Raises
    ------
    SettingsError
        One line that names the variable, what it holds and what it may hold.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"YIKE_{'_'.join(str(part) for part in first['loc']).upper()}"
        shown = "" if first["loc"][0] in _SECRETS else f" (it is {_without_password(str(first['input']))!r})"
        raise SettingsError(f"{first['msg']}{shown}", where=name) from None


def _without_password(value: str) -> str:
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", value)
