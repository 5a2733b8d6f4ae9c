"""Who takes part: the sample devices and workers, read once at the start."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from geo.database.sql import query


@dataclass(frozen=True, slots=True)
class Meter:
    """A sample device and the rule that can turn it red."""

    id: int
    external_id: str
    kind: str
    heartbeat_s: int | None
    metric: str
    comparison: str
    threshold: float
    clearing: str

    @property
    def alarm(self) -> dict[str, float]:
        """A reading that breaks the rule."""
        beyond = max(1.0, abs(self.threshold) * 0.1)
        if self.comparison == "<=":
            return {self.metric: max(0.0, self.threshold - beyond / 20)}
        return {self.metric: self.threshold if self.threshold == 1 else round(self.threshold + beyond, 1)}


@dataclass(frozen=True, slots=True)
class Post:
    """A sample worker and where they stand when nothing is to do; degrees, WGS 84."""

    worker_id: int
    lon: float
    lat: float


def read_meters(engine: Engine) -> list[Meter]:
    """All sample devices."""
    with engine.connect() as connection:
        return [Meter(**row) for row in connection.execute(query("simulator/devices")).mappings()]


def read_posts(engine: Engine) -> list[Post]:
    """All sample workers on duty."""
    with engine.connect() as connection:
        return [Post(row.id, row.lon, row.lat) for row in connection.execute(query("simulator/workers"))]
