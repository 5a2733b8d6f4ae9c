"""What is told when: at once on an idle stream, lists of tiles seldom, and numbers that nobody can miss anything by."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from api.live import audience as module
from api.live.audience import Audience
from api.live.client import COMMENT, Client
from api.live.news import News
from geo.live.changes import Change, Clock
from geo.scope import AreaScope
from tiles.news import Named, both, tiles_named

SCOPE = AreaScope.everything()
Sent = list[tuple[int, dict[str, list[str]], list[Any]]]


def tiles(*names: str) -> News:
    return News(tiles={"building": frozenset(names)})


class Stage:
    """An audience with one listener whose messages are read as they come."""

    def __init__(self) -> None:
        self.seq = 0
        self.audience = Audience(SCOPE, lambda: Clock("e", self.seq))
        self.client = Client(SCOPE, self.audience.told)
        self.audience.clients.add(self.client)
        self.sent: Sent = []

    def tell(self, news: News) -> None:
        self.seq += 1
        self.audience.tell(news, self.seq)

    async def listen(self) -> None:
        async for message in self.client.stream():
            if found := re.search(rb"id: e:(\d+)\nevent: delta\ndata: (.*)\n", message):
                data = orjson.loads(found[2])
                self.sent.append((int(found[1]), data["tiles"], data["devices"]))


def play(scene: Callable[[Stage], Awaitable[None]], *, reads: bool = True) -> Sent:
    """What reaches a listener who reads from the beginning, or only after the scene."""

    async def run() -> Sent:
        stage = Stage()
        stage.client.start(News())
        if not reads:
            await scene(stage)
        listening = asyncio.create_task(stage.listen())
        await asyncio.sleep(0)
        if reads:
            await scene(stage)
        await asyncio.sleep(module.TILES_PAUSE_S + 0.1)
        listening.cancel()
        return stage.sent

    return asyncio.run(run())


def test_a_list_waits_while_rows_go_on_and_its_number_is_not_passed() -> None:
    async def scene(stage: Stage) -> None:
        stage.tell(tiles("16/1/1"))
        await asyncio.sleep(0.05)
        stage.tell(tiles("16/1/2"))
        stage.tell(News({("device", 7): "[7]"}))
        await asyncio.sleep(module.PAUSE_S + 0.05)
        stage.tell(tiles("16/1/3"))

    first, rows, late = play(scene)
    assert first == (1, {"building": ["16/1/1"]}, [])
    # Whoever comes back after the rows with this number is told of the tiles as well.
    assert rows == (1, {}, [[7]])
    assert late == (4, {"building": ["16/1/2", "16/1/3"]}, [])


def test_who_does_not_read_gets_all_tiles_in_one_list() -> None:
    async def scene(stage: Stage) -> None:
        for name in ("16/1/1", "16/1/2", "16/1/3"):
            stage.tell(tiles(name))
            await asyncio.sleep(module.TILES_PAUSE_S + 0.05)

    # The first was on its way already.
    assert play(scene, reads=False) == [
        (1, {"building": ["16/1/1"]}, []), (3, {"building": ["16/1/2", "16/1/3"]}, [])]  # fmt: skip


def test_a_comment_tells_quiet_from_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live.client.COMMENT_EVERY_S", 0.2)
    heard: list[bytes] = []

    async def run() -> None:
        stage = Stage()
        stage.client.start(News())

        async def listen() -> None:
            async for message in stage.client.stream():
                heard.append(message)  # noqa: PERF401 - one by one, as they come

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        stage.client.still_here()  # too early
        await asyncio.sleep(0.3)  # quiet for long, but nobody says that the state is fresh
        assert heard == [b": yike live\n\n"]
        stage.client.still_here()
        await asyncio.sleep(0.05)
        assert heard[1:] == [COMMENT]
        stage.client.still_here()
        stage.tell(tiles("16/1/1"))
        await asyncio.sleep(0.1)
        stage.client.still_here()  # told something since
        await asyncio.sleep(0.05)
        assert len(heard) == 3
        assert b"event: delta" in heard[2]
        listening.cancel()

    asyncio.run(run())


def test_very_many_tiles_are_the_whole_layer() -> None:
    some: Named = {"building": frozenset(f"16/{n}/1" for n in range(600)), "street": frozenset({"9/1/1"})}
    more: Named = {"building": frozenset(f"16/{n}/2" for n in range(600))}
    assert both(some, some) == some
    assert both(some, more) == {"building": None, "street": frozenset({"9/1/1"})}
    assert both({"building": None}, more) == {"building": None}


def test_public_layers_and_whole_layers_are_everyones_news() -> None:
    changes = [
        Change(1, "tiles", None, "a/b", '["device", "16/1/1"]'),
        Change(2, "tiles", None, "", '["building", "16/1/2"]'),
        Change(3, "device", 7, "a/b", "[7]"),
    ]
    assert tiles_named(changes, AreaScope.below("a")) == {
        "device": frozenset({"16/1/1"}), "building": frozenset({"16/1/2"})}  # fmt: skip
    assert tiles_named(changes, AreaScope.below("c")) == {"building": frozenset({"16/1/2"})}
    whole = [*changes, Change(4, "tiles", None, "", '["device", "*"]')]
    assert tiles_named(whole, AreaScope.below("c"))["device"] is None
