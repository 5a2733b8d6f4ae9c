"""What residents report."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from geo.datum import Datum


class IncidentCategory(BaseModel):
    """What an incident is about."""

    code: str
    name: str
    name_en: str
    severity: int


class ReportIn(BaseModel):
    """What is wrong, and where. No name, no number: whoever reports keeps the code."""

    category: str
    text: str = Field(min_length=2, max_length=1000)
    lon: float
    lat: float
    datum: Datum = "wgs84"


class ReportOut(BaseModel):
    """The code to look it up with; it is told once."""

    code: str


class ReportStatus(BaseModel):
    """How far a report is, and since when."""

    stage: Literal["received", "seen", "sent", "there", "done", "closed"]
    category: str | None
    category_en: str | None
    text: str
    department: str | None
    reported_at: datetime
    since: datetime
    rating: int | None
    may_rate: bool
