"""What the data behind baked tiles were at one moment, and which layers are not as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection

from geo.database.sql import query, schema_files
from geo.live.changes import read_clock
from tiles.layers import LAYERS
from tiles.pmtiles import State

TOPICS = {"area": "areas", "ground": "ground", "street": "network", "building": "homes", "facility": "facilities",
          "device": "devices"}  # fmt: skip
"""Which revision an edit of a layer's rows raises. Some topics are wider than the layer: then more is made anew."""


def read_state(connection: Connection, layers: Iterable[str]) -> State:
    """The state of the layers' data as this transaction sees it."""
    values = {row.topic: int(row.value) for row in connection.execute(query("bake/revisions"))}
    topics = sorted({TOPICS[name] for name in layers})
    return State(read_clock(connection), {topic: values.get(topic, 0) for topic in topics}, _functions())


def behind(then: State, now: State, layers: Iterable[str]) -> list[str]:
    """Layers whose rows were edited in between; all where the database is another or the functions are."""
    if then.clock.epoch != now.clock.epoch or then.functions != now.functions:
        return list(layers)
    return [name for name in layers if then.revisions.get(TOPICS[name]) != now.revisions.get(TOPICS[name])]


def _functions() -> str:
    """A digest of whatever decides how rows become tiles: the schema's functions and the table of layers."""
    digest = hashlib.sha256(repr(LAYERS).encode())
    for name, content in schema_files():
        digest.update(f"{name}\0{content}\0".encode())
    return digest.hexdigest()
