"""Room for large bodies."""

from __future__ import annotations

import asyncio

import pytest

from daemon.http.room import AT_ONCE, LARGE, Room
from feeds.errors import FetchError
from tests.daemon.servers import answer, fetching, serving


async def take_and_wait(room: Room, host: str, let_go: asyncio.Event, inside: list[str]) -> None:
    with room.held():
        await room.take(host)
        inside.append(host)
        await let_go.wait()


async def test_a_few_large_bodies_are_there_at_a_time() -> None:
    """Eight sites with pages of 8 MB would take more memory than the machine has."""
    room, let_go, inside = Room(), asyncio.Event(), list[str]()
    tasks = [asyncio.ensure_future(take_and_wait(room, f"h{n}.example", let_go, inside)) for n in range(AT_ONCE + 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(inside) == AT_ONCE
    let_go.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert len(inside) == AT_ONCE + 3


async def test_one_host_has_one_place() -> None:
    """One site with large pages that come slowly would keep all other large pages from being read."""
    room, let_go, inside = Room(), asyncio.Event(), list[str]()
    tasks = [asyncio.ensure_future(take_and_wait(room, "slow.example", let_go, inside)) for _ in range(5)]
    await asyncio.sleep(0)
    other = asyncio.ensure_future(take_and_wait(room, "other.example", let_go, inside))
    for _ in range(5):
        await asyncio.sleep(0)
    assert sorted(inside) == ["other.example", "slow.example"]
    tasks[3].cancel()
    let_go.set()
    await asyncio.wait_for(asyncio.gather(*tasks, other, return_exceptions=True), 5)
    assert len(inside) == 5, "who gave up waiting took nothing along"


async def test_what_is_read_one_after_the_other_needs_one_place() -> None:
    """A list and the feed of the same site, both large, would wait for each other until the time is over."""
    room = Room()
    with room.held():
        await asyncio.wait_for(room.take("a.example"), 5)
        with room.held():
            await asyncio.wait_for(room.take("a.example"), 5)
        await asyncio.wait_for(asyncio.create_task(room.take("b.example")), 5)
    with room.held():
        await asyncio.wait_for(room.take("a.example"), 5)


async def test_one_source_has_one_place_on_all_its_hosts() -> None:
    """One source with four hosts would take all places, and keep them for as long as its pages trickle in."""
    room, let_go, inside = Room(), asyncio.Event(), list[str]()

    async def of_source(source: str, host: str) -> None:
        with room.held(source):
            await room.take(host)
            inside.append(source)
            await let_go.wait()

    tasks = [asyncio.ensure_future(of_source("bad", f"h{n}.example")) for n in range(6)]
    tasks.append(asyncio.ensure_future(of_source("good", "good.example")))
    for _ in range(9):
        await asyncio.sleep(0)
    assert sorted(inside) == ["bad", "good"]
    let_go.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)


async def test_tasks_within_one_holder_wait_for_no_other_of_it() -> None:
    """A list whose site has three large feeds would wait for itself until the time is over."""
    room = Room()
    with room.held("source"):
        tasks = [asyncio.create_task(room.take("a.example")) for _ in range(3)]
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


async def test_places_are_given_back_after_failures() -> None:
    """After four pages that were too large no large page would ever be read again."""
    page = answer(b"x" * (LARGE + 10))
    async with serving(page) as server, fetching(max_bytes=LARGE + 5) as (fetcher, _):
        for _ in range(AT_ONCE + 1):
            with pytest.raises(FetchError, match="larger than"):
                await fetcher.fetch(server.url())
    async with serving(page) as server, fetching(max_bytes=LARGE + 50) as (fetcher, _):
        for _ in range(AT_ONCE + 1):
            found = await fetcher.fetch(server.url())
            assert found is not None
            assert len(found.body) == LARGE + 10
