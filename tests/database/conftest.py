"""Central Nanjing in databases of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, make_url

from geo.database.engine import make_engine
from tests.conftest import Copies, copied


@pytest.fixture(scope="module")
def shared(nanjing_url: str, clone: Callable[[str], str]) -> Iterator[Engine]:
    """Central Nanjing, for tests that leave nothing behind."""
    engine = make_engine(clone(str(make_url(nanjing_url).database)))
    yield engine
    engine.dispose()


@pytest.fixture
def nanjing(nanjing_url: str, copies: Copies) -> Iterator[Engine]:
    with copied(copies, str(make_url(nanjing_url).database)) as engine:
        yield engine
