"""Who may sign in, from where they are signed in, and who may send readings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, created, one_of

ROLES = ("viewer", "planner", "worker", "dispatcher", "admin")


class Account(Identified, Base):
    """A person who signs in. Sees `area_id` and what lies below it; everything where that is empty."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    # Never SET NULL: without an area an account sees everything.
    area_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.area.id", ondelete="CASCADE"))
    worker_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("yike.worker.id", ondelete="CASCADE"), unique=True
    )
    origin: Mapped[str] = mapped_column(server_default="manual")
    created_at: Mapped[datetime] = created()
    disabled_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("role", *ROLES),
        one_of("origin", "manual", "sample"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'", name="name"),
        CheckConstraint("(role = 'worker') = (worker_id is not null)", name="worker_is_one"),
        Index("ix_account_area_id", "area_id"),
    )


class Session(Base):
    """A browser that is signed in. Only the digest of its token is kept: a copy of the table opens nothing."""

    __tablename__ = "session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
        Index("ix_session_account_id", "account_id"),
    )


class Source(Identified, Base):
    """A platform or gateway that sends readings, by a key of its own."""

    __tablename__ = "source"

    name: Mapped[str] = mapped_column(unique=True)
    key_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = created()
    disabled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(key_sha256) = 32", name="key_sha256"),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{1,39}$'", name="name"),
    )
