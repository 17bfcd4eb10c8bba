"""Good manners: the pause between requests to one host, and robots.txt."""

from __future__ import annotations

import asyncio

import pytest

from daemon.http.manners import ROBOTS_AGAIN, ROBOTS_FOR, ROBOTS_SIZE, Pace, Robots, Spent
from feeds.errors import DisallowedError, FetchError, ReadError
from feeds.reading.robots import for_product
from tests.daemon.servers import Naps, answer, fetching, redirect, serving

DISALLOW = b"User-agent: *\nDisallow: /private/\n"


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def cut(url: str, body: bytes) -> str:
    return for_product(body.decode())


async def test_requests_to_one_host_are_spaced() -> None:
    """A small site would get a poll's requests all at once, and block the daemon for it."""
    naps = Naps()
    pace = Pace(2.0, Seconds(), naps)
    for _ in range(4):
        await pace.wait("a.example")
    assert naps.taken == [2.0, 4.0, 6.0]


async def test_other_hosts_do_not_wait() -> None:
    """Watching many sites would take as long as asking them one after another."""
    naps = Naps()
    pace = Pace(2.0, Seconds(), naps)
    for host in ("a.example", "b.example", "c.example"):
        await pace.wait(host)
    assert naps.taken == []


async def test_a_host_that_had_its_pause_is_asked_at_once() -> None:
    """Polls would wait for a pause that is long over."""
    naps, clock = Naps(), Seconds()
    pace = Pace(2.0, clock, naps)
    await pace.wait("a.example")
    clock.now += 0.5
    await pace.wait("a.example")
    clock.now += 60
    await pace.wait("a.example")
    assert naps.taken == [1.5]


async def test_no_interval_is_no_wait() -> None:
    """An operator who switched the pause off would have it all the same."""
    naps = Naps()
    pace = Pace(0.0, Seconds(), naps)
    await pace.wait("a.example")
    await pace.wait("a.example")
    assert naps.taken == []


async def test_the_pause_holds_for_pages_and_redirects_of_one_host() -> None:
    """A site that redirects each page would be asked twice at once for each of its stories."""
    says = {"/a": redirect("/b"), "/b": answer(b"b"), "/c": answer(b"c")}
    async with serving(says) as server, fetching(host_interval=1.0) as (fetcher, naps):
        await fetcher.fetch(server.url("/a"))
        await fetcher.fetch(server.url("/c"))
    assert len(naps.taken) == 2
    assert all(0 < nap <= 2.0 for nap in naps.taken)


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (DISALLOW, False),
        (b"\xef\xbb\xbf" + DISALLOW, False),
        (DISALLOW.replace(b"\n", b"\r\n"), False),
        (b"User-agent: bantin\nDisallow: /private\n\nUser-agent: *\nAllow: /\n", False),
        (b"User-agent: Bantin/1.0\nDisallow: /\n", True),  # RFC 9309 section 2.2.1: a name is letters, "_" and "-"
        (b"User-agent: *\nDisallow: /*.htm$\n", False),
        (b"User-agent: *\nDisallow: /private/\nAllow: /private/tin.htm\n", True),
        (b"User-agent: *\nDisallow:\n", True),
        (b"User-agent: other\nDisallow: /\n", True),
        (b"User-agent: *\nDisallow: /private/tin.html\n", True),
        (b"", True),
        (b"\xff\xfe\x00 nonsense \x00\xff" * 50, True),
        (b"<!doctype html><html><body>User-agent: *\nDisallow: /</body></html>", True),
    ],
)
async def test_what_robots_txt_says_is_kept(robots: bytes, allowed: bool) -> None:
    """A site would be read against its word, or left out though it has nothing against it."""
    says = {"/robots.txt": answer(robots), "/private/tin.htm": answer(b"x")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        if allowed:
            assert await fetcher.fetch(server.url("/private/tin.htm")) is not None
        else:
            with pytest.raises(DisallowedError, match=r"robots\.txt"):
                await fetcher.fetch(server.url("/private/tin.htm"))
            assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "401 Unauthorized"])
async def test_a_site_without_robots_txt_is_read(status: str) -> None:
    """Most small sites have no robots.txt, and could not be watched."""
    says = {"/robots.txt": answer(DISALLOW, status=status), "/private/a": answer(b"x")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        assert await fetcher.fetch(server.url("/private/a")) is not None


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Slowly"])
async def test_a_server_that_cannot_say_is_left_alone_for_now(status: str) -> None:
    """A site that is down would be asked for pages that it may not want to be read (RFC 9309 section 2.3.1.4)."""
    says = {"/robots.txt": answer(status=status), "/a": answer(b"x")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        with pytest.raises(FetchError, match=r"robots\.txt cannot be read .*HTTP") as caught:
            await fetcher.fetch(server.url("/a"))
        assert caught.value.transient
        assert "/a" not in server.paths


async def test_how_long_a_busy_server_asks_to_wait_is_passed_on() -> None:
    """A site that is busy would be asked again sooner than it wishes."""
    says = {"/robots.txt": answer(status="503 Busy", retry_after="1200")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(server.url("/a"))
    assert caught.value.retry_after == 1200


async def test_robots_txt_may_be_elsewhere() -> None:
    """The rules of a site that redirects its robots.txt would be broken."""
    says = {"/robots.txt": redirect("/robots/all.txt"), "/robots/all.txt": answer(DISALLOW)}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        with pytest.raises(DisallowedError):
            await fetcher.fetch(server.url("/private/a"))


async def test_a_redirect_into_the_disallowed_is_not_followed() -> None:
    """A page that its site asks not to read would be read by way of another address."""
    says = {"/robots.txt": answer(DISALLOW), "/tin": redirect("/private/tin"), "/private/tin": answer(b"x")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        with pytest.raises(DisallowedError) as caught:
            await fetcher.fetch(server.url("/tin"))
        assert caught.value.url == server.url("/private/tin")
        assert server.paths == ["/robots.txt", "/tin"]


async def test_only_the_beginning_of_a_huge_robots_txt_is_read() -> None:
    """A robots.txt without end would fill the memory, or keep its site from being read at all."""
    huge = DISALLOW + b"# filler\n" * (ROBOTS_SIZE // 9) + b"Disallow: /late/\n"
    says = {"/robots.txt": answer(huge), "/late/a": answer(b"x")}
    async with serving(says) as server, fetching(robots=True) as (fetcher, _):
        with pytest.raises(DisallowedError):
            await fetcher.fetch(server.url("/private/a"))
        assert await fetcher.fetch(server.url("/late/a")) is not None


async def test_robots_txt_can_be_switched_off() -> None:
    """An operator could not read a site of their own that keeps robots out."""
    says = {"/robots.txt": answer(DISALLOW), "/private/a": answer(b"x")}
    async with serving(says) as server, fetching(robots=False) as (fetcher, _):
        assert await fetcher.fetch(server.url("/private/a")) is not None
        assert server.paths == ["/private/a"]


async def test_robots_txt_is_fetched_once_a_day_and_shared() -> None:
    """Each page would cost two requests, or a changed robots.txt would never be seen."""
    asked: list[str] = []
    clock = Seconds()

    async def fetch(url: str) -> bytes:
        asked.append(url)
        await asyncio.sleep(0)
        return DISALLOW

    robots = Robots(fetch, clock, cut)
    await asyncio.gather(*(robots.check(f"https://news.example/{n}") for n in range(5)))
    clock.now += ROBOTS_FOR - 1
    await robots.check("https://news.example/x")
    assert asked == ["https://news.example/robots.txt"]
    clock.now += 2
    await robots.check("https://news.example/x")
    await robots.check("http://news.example:8080/x")
    assert asked[1:] == ["https://news.example/robots.txt", "http://news.example:8080/robots.txt"]


async def test_a_robots_txt_that_failed_is_asked_for_again_soon() -> None:
    """One bad minute of a site's server would keep it unread for a day."""
    clock, broken, asked = Seconds(), [True], [0]

    async def fetch(url: str) -> bytes:
        asked[0] += 1
        if broken[0]:
            raise FetchError(url, "HTTP 500", status=500)
        return b""

    robots = Robots(fetch, clock, cut)
    for _ in range(3):
        with pytest.raises(FetchError):
            await robots.check("https://news.example/a")
    assert asked == [1]
    broken[0] = False
    clock.now += ROBOTS_AGAIN + 1
    await robots.check("https://news.example/a")
    assert asked == [2]


async def test_a_poll_that_is_cancelled_does_not_spoil_robots_txt_for_others() -> None:
    """Whoever waits for the same robots.txt would be cancelled, too."""
    go_on = asyncio.Event()

    async def fetch(url: str) -> bytes:
        await go_on.wait()
        return DISALLOW

    robots = Robots(fetch, Seconds(), cut)
    first = asyncio.create_task(robots.check("https://news.example/a"))
    second = asyncio.create_task(robots.check("https://news.example/b"))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await second
    assert first.cancelled()


async def test_rules_of_many_sites_take_little_room() -> None:
    """Forty hosts that any page may name would fill the memory with their robots.txt for a day."""
    asked: list[str] = []

    async def fetch(url: str) -> bytes:
        asked.append(url)
        return b"User-agent: *\n" + b"Disallow: /private\n" * 100

    robots = Robots(fetch, Seconds(), cut, room=10_000)
    for number in range(50):
        await robots.check(f"https://host{number}.example/a")
    assert robots._size <= 10_000
    assert len(robots._known) < 8
    await robots.check("https://host49.example/a")
    assert len(asked) == 50, "the last ones are at hand"
    await robots.check("https://host0.example/a")
    assert len(asked) == 51


async def test_a_robots_txt_that_takes_too_long_is_one_that_was_not_given() -> None:
    """A file that is built to take minutes would stand the daemon still, or be taken for a permission."""

    async def fetch(url: str) -> bytes:
        return b"User-agent: *"

    async def too_long(url: str, body: bytes) -> str:
        raise ReadError(url, "reading it took more than 5 s")

    with pytest.raises(FetchError, match=r"robots\.txt cannot be read .reading it took more than 5 s") as caught:
        await Robots(fetch, Seconds(), too_long).check("https://host.example/a")
    assert caught.value.transient


def test_requests_of_an_hour() -> None:
    """A budget would be spent for ever after its first hour, or never."""
    now = [0.0]
    spent = Spent(lambda: now[0])
    for minute in range(90):
        now[0] = minute * 60.0
        spent.add()
        spent.add()
    assert spent.last_hour() == 120
    now[0] += 30 * 60
    assert spent.last_hour() == 60
    now[0] += 3600
    assert spent.last_hour() == 0
