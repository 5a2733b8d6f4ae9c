"""What residents report and people photograph."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, created, one_of


class IncidentCategory(Base):
    """What an incident is about 事件类别: decides which department it is sorted to. From `data/catalogue`."""

    __tablename__ = "incident_category"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    severity: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    is_public: Mapped[bool] = mapped_column(server_default="true")
    sort: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z_]*$'", name="code"),
        CheckConstraint("severity between 1 and 4", name="severity"),
    )


class Report(Base):
    """A resident's report, looked up by its code; only the digest of the code is kept."""

    __tablename__ = "report"

    incident_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    text: Mapped[str]

    __table_args__ = (
        CheckConstraint("octet_length(code_sha256) = 32", name="code_sha256"),
        CheckConstraint("char_length(text) between 1 and 2000", name="text"),
    )


class Photo(Identified, Base):
    """A photograph of an order or an incident, re-encoded: no place or camera stands in the file any more."""

    __tablename__ = "photo"

    incident_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("yike.incident.id", ondelete="CASCADE"))
    order_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.work_order.id", ondelete="CASCADE"))
    at: Mapped[datetime] = created()
    who: Mapped[str]
    media_type: Mapped[str]
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    # Of what was sent, so that a phone that sends twice stores once.
    sent_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        one_of("media_type", "image/jpeg"),
        UniqueConstraint("incident_id", "order_id", "sent_sha256", postgresql_nulls_not_distinct=True),
        Index("ix_photo_order_id", "order_id", postgresql_where="order_id is not null"),
    )
