"""What planners try: edits to facilities and streets, kept beside the city."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, created


class Scenario(Identified, Base):
    """A named scenario, or a draft without a name, which is kept for a day."""

    __tablename__ = "scenario"

    name: Mapped[str | None]
    edits: Mapped[list[Any]]
    # Counts changes, so that a tile's address changes with what it shows.
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    # What the streets and facilities were when it was last edited.
    made_for: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = created()
    edited_at: Mapped[datetime] = created()
    # Of the area its maker may see: nobody bound elsewhere finds it.
    path: Mapped[str] = mapped_column(Text(collation="C"), server_default="")

    __table_args__ = (
        CheckConstraint("char_length(name) between 1 and 80", name="name"),
        CheckConstraint("jsonb_typeof(edits) = 'array'", name="edits"),
        Index("ix_scenario_named", "edited_at", postgresql_where="name is not null"),
    )
