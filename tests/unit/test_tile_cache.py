"""Tiles in memory: room by bytes, one making a tile, and what is dropped while it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.scope import AreaScope
from tiles.address import TileAddress
from tiles.cache import TileCache, TileKey
from tiles.packing import Coding, Packed

SCOPE = AreaScope.everything()


def key(layers: str = "street", x: int = 0, z: int = 14, scope: AreaScope = SCOPE, **options: str) -> TileKey:
    return TileKey(tuple(layers.split(",")), TileAddress(z, x, 0), scope, tuple(sorted(options.items())))


def making(content: bytes, made: list[bytes] | None = None) -> Callable[[], Awaitable[bytes]]:
    async def make() -> bytes:
        if made is not None:
            made.append(content)
        return content

    return make


async def put(cache: TileCache, name: TileKey, content: bytes = b"tile") -> None:
    await cache.get(name, making(content))


async def turns(many: int = 5) -> None:
    for _ in range(many):
        await asyncio.sleep(0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 3000), min_size=10, max_size=10),
    st.lists(st.integers(0, 9), max_size=40),
    st.integers(0, 12_000),
)
def test_it_never_holds_more_than_its_bytes_and_the_last_asked_for_stay(
    sizes: list[int], asked: list[int], most: int
) -> None:
    async def run() -> None:
        cache = TileCache(most)
        for x in asked:
            await cache.get(key(x=x), making(bytes([1]) * sizes[x]))
            assert cache.size <= most
        # By a second account: from the last asked for backwards, as long as there is room.
        room, expected, order = most, set(), list(dict.fromkeys(reversed(asked)))
        for x in order:
            room -= sizes[x] + 1000
            if room < 0:
                break
            expected.add(x)
        kept = {x for x in order if cache.find(key(x=x)) is not None}
        assert expected <= kept
        cache.drop_layers(["street"])
        assert (len(cache), cache.size) == (0, 0)

    asyncio.run(run())


def test_what_was_asked_for_longest_ago_leaves_first() -> None:
    async def run() -> None:
        cache = TileCache(2500)
        await put(cache, key(x=1))
        await put(cache, key(x=2))
        await put(cache, key(x=1))
        await put(cache, key(x=3))
        assert [cache.find(key(x=x)) is None for x in (1, 2, 3)] == [False, True, False]

    asyncio.run(run())


def test_a_missing_tile_is_made_once_however_many_wait() -> None:
    async def run() -> None:
        cache, go, made = TileCache(10**6), asyncio.Event(), 0

        async def make() -> bytes:
            nonlocal made
            made += 1
            await go.wait()
            return b"tile"

        waiting = [asyncio.create_task(cache.get(key(), make)) for _ in range(50)]
        await turns()
        go.set()
        assert {tile.plain() for tile in await asyncio.gather(*waiting)} == {b"tile"}
        assert made == 1
        assert cache.find(key()) is not None

    asyncio.run(run())


def test_what_fails_is_told_to_all_and_made_again_next_time() -> None:
    async def run() -> None:
        cache = TileCache(10**6)

        async def fail() -> bytes:
            await asyncio.sleep(0)
            raise ValueError

        answers = await asyncio.gather(*(cache.get(key(), fail) for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [ValueError] * 3
        assert (await cache.get(key(), making(b"now"))).plain() == b"now"

    asyncio.run(run())


def test_who_leaves_takes_the_making_along_only_as_the_last() -> None:
    async def run() -> None:
        cache, go, ended = TileCache(10**6), asyncio.Event(), []

        async def make() -> bytes:
            try:
                await go.wait()
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise
            return b"tile"

        one, other = (asyncio.create_task(cache.get(key(), make)) for _ in range(2))
        await turns()
        one.cancel()
        await turns()
        assert not ended
        go.set()
        assert (await other).plain() == b"tile"
        go.clear()
        alone = asyncio.create_task(cache.get(key(x=1), make))
        await turns()
        alone.cancel()
        await turns()
        assert ended == ["cancelled"]
        assert (await cache.get(key(x=1), making(b"anew"))).plain() == b"anew"

    asyncio.run(run())


@pytest.mark.parametrize("whole", [False, True])
def test_what_is_dropped_while_it_is_made_is_not_kept(whole: bool) -> None:
    async def run() -> None:
        cache, go = TileCache(10**6), asyncio.Event()

        async def before() -> bytes:
            await go.wait()
            return b"before"

        early = asyncio.create_task(cache.get(key("street,building"), before))
        await turns()
        if whole:
            cache.drop_layers(["building"])
        else:
            cache.drop("building", [TileAddress(14, 0, 0)])
        # Who asks after the change does not join what may be of before it.
        late = asyncio.create_task(cache.get(key("street,building"), making(b"after")))
        await turns()
        assert (await late).plain() == b"after"
        go.set()
        assert (await early).plain() == b"before"
        kept = cache.find(key("street,building"))
        assert kept is not None
        assert kept.plain() == b"after"

    asyncio.run(run())


def test_a_drop_reaches_every_scope_filter_and_composite_and_nothing_else() -> None:
    async def run() -> None:
        cache = TileCache(10**6)
        gone = [key("device"), key("device", kind="smoke"), key("device", scope=AreaScope.below("a")),
                key("street,device")]  # fmt: skip
        stays = [key("street"), key("device", x=1), key("device", z=15)]
        for name in (*gone, *stays):
            await put(cache, name)
        cache.drop("device", [TileAddress(14, 0, 0)])
        assert [cache.find(name) is None for name in (*gone, *stays)] == [True] * 4 + [False] * 3
        # Below the deepest zoom of a layer a tile is named by the one it lies in.
        await put(cache, key("device", x=5, z=18))
        cache.drop("device", [TileAddress(16, 1, 0)])
        assert cache.find(key("device", x=5, z=18)) is None

    asyncio.run(run())


def test_a_tile_of_another_version_is_made_anew() -> None:
    async def run() -> None:
        cache, made = TileCache(10**6), list[bytes]()
        for version, content in ((1, b"a"), (1, b"b"), (2, b"c"), (2, b"d")):
            await cache.get(key(), making(content, made), version)
        assert made == [b"a", b"c"]

    asyncio.run(run())


def test_room_is_counted_anew_when_a_tile_is_packed_in_a_further_way() -> None:
    async def run() -> None:
        cache = TileCache(3500)
        await put(cache, key(x=1), b"y" * 900)
        packed = await cache.get(key(x=0), making(bytes(range(256)) * 4))
        for coding in ("identity", "gzip"):
            packed.form(coding)
        cache.resize(key(x=0), packed)
        assert cache.find(key(x=1)) is None
        assert cache.size == packed.size + 1000

    asyncio.run(run())


@pytest.mark.parametrize("first", ["identity", "gzip", "br", "zstd"])
def test_every_form_holds_the_same_and_has_a_tag_of_its_own(first: Coding) -> None:
    content = bytes(range(256)) * 40
    packed = Packed(content)
    packed.form(first)
    forms = {coding: packed.form(coding) for coding in ("identity", "gzip", "br", "zstd")}
    assert len({form.tag for form in forms.values()}) == 4
    assert forms["identity"].content == content == packed.plain()
    for coding in ("gzip", "br", "zstd"):
        # Only this form is left to unpack it from.
        again = Packed(content)
        assert again.form(coding).tag == forms[coding].tag
        assert again.size < len(content)
        assert again.plain() == content
    assert not Packed(b"")
