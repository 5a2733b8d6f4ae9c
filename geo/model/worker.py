"""Who is sent: departments and grid workers 网格员."""

from __future__ import annotations

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, Sourced, created, drawn, one_of

PROFILES = ("walk", "elder", "wheelchair", "ebike")


class Department(Identified, Sourced, Placed, Base):
    """An office that takes orders as a whole."""

    __tablename__ = "department"

    name: Mapped[str]
    name_en: Mapped[str | None]
    # What it sees to; an incident goes to the one nearest above its place that sees to its category.
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")

    __table_args__ = (*Sourced.checks(), Placed.index("department"))


class Skill(Base):
    """What a worker can do. Filled from `data/catalogue/skills.toml`."""

    __tablename__ = "skill"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    sort: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (CheckConstraint("code ~ '^[a-z][a-z_]*$'", name="code"),)


class Worker(Identified, Sourced, Placed, Base):
    """A grid worker. `post` is where they stand when their phone tells nothing newer."""

    __tablename__ = "worker"

    name: Mapped[str]
    phone: Mapped[str | None]
    department_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("yike.department.id", ondelete="SET NULL"))
    on_duty: Mapped[bool] = mapped_column(server_default="false")
    profile: Mapped[str] = mapped_column(server_default="walk")
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    post: Mapped[WKBElement | None] = drawn("POINT", nullable=True)

    __table_args__ = (
        *Sourced.checks(),
        one_of("profile", *PROFILES),
        CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name="phone"),
        Placed.index("worker"),
    )


class WorkerPosition(Base):
    """Where a worker's phone last was."""

    __tablename__ = "worker_position"

    worker_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("yike.worker.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    observed_at: Mapped[datetime] = created()
    accuracy_m: Mapped[float | None]
    geom: Mapped[WKBElement] = drawn("POINT")

    __table_args__ = (
        CheckConstraint("accuracy_m >= 0", name="accuracy_m"),
        {"postgresql_with": {"fillfactor": "70"}},
    )
