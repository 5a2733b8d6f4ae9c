"""What the finder looks through: phrases with their sound, and other names people know a place by."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from geo.model.base import Base, Identified, Placed, Sourced, one_of

FOUND_KINDS = ("area", "compound", "street", "building", "facility", "device")


class Hanzi(Base):
    """A character's most frequent reading in pinyin, without tones; ü is v, as people type it. From pypinyin."""

    __tablename__ = "hanzi"

    letter: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    pinyin: Mapped[str]


class Alias(Identified, Sourced, Base):
    """An old or second name of a place. `ref_id` is a row of the table that `kind` names."""

    __tablename__ = "alias"

    kind: Mapped[str]
    ref_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]

    __table_args__ = (
        *Sourced.checks(),
        one_of("kind", *FOUND_KINDS),
        CheckConstraint("char_length(name) between 1 and 100", name="name"),
        UniqueConstraint("kind", "ref_id", "name"),
    )


class Finder(Identified, Placed, Base):
    """A phrase that a row can be found by. Kept by triggers alone (`50_triggers/finder.sql`); holds no person.

    `words` is the phrase without spaces, marks and capitals; `pinyin` the same with every character spelled out;
    `initials` with the first letter of each character only.
    """

    __tablename__ = "finder"

    kind: Mapped[str]
    ref_id: Mapped[int] = mapped_column(BigInteger)
    phrase: Mapped[str]
    words: Mapped[str] = mapped_column(Text(collation="C"))
    pinyin: Mapped[str] = mapped_column(Text(collation="C"))
    initials: Mapped[str] = mapped_column(Text(collation="C"))

    __table_args__ = (
        one_of("kind", *FOUND_KINDS),
        Index("ix_finder_kind", "kind", "ref_id"),
        Index("ix_finder_pinyin", "pinyin"),
        Index("ix_finder_initials", "initials"),
        Index("ix_finder_pinyin_trgm", "pinyin", postgresql_using="gin", postgresql_ops={"pinyin": "gin_trgm_ops"}),
        Index(
            "ix_finder_initials_trgm", "initials", postgresql_using="gin", postgresql_ops={"initials": "gin_trgm_ops"}
        ),
    )
