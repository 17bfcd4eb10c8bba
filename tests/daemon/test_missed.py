"""Nothing missed: lists that turned over between two polls, and the site's other list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.work.engine import open_parts
from daemon.work.work import Work
from feeds.deciding import gaps, wanted
from feeds.deciding.rhythm import PRICE
from feeds.deciding.watch import Candidate, choose
from feeds.model import Changes, Check, Event, Watch
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.daemon.conftest import Polls
from tests.daemon.servers import Server, answer, serving
from tests.feeds.makers import teaser
from tests.samples import configured

ON_A_PAGE = 10
CLOCK, DAY = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
WORDS = [
    "sông",
    "đò",
    "chợ",
    "đình",
    "trường",
    "ruộng",
    "cầu",
    "bến",
    "lúa",
    "thuyền",
    "vườn",
    "mưa",
    "nắng",
    "đê",
    "làng",
    "xóm",
    "hội",
    "trống",
    "cờ",
    "rước",
]


def page(text: str) -> bytes:
    kind = "application/rss+xml" if text.startswith("<?xml") else "text/html; charset=utf-8"
    return answer(text.encode(), content_type=kind)


def sentence(n: int) -> str:
    """Words that no other story has in that order."""
    told = [WORDS[(n * 7 + k * (3 + n % 5) + k * k) % len(WORDS)] for k in range(24)]
    return f"Chuyện thứ {n * 37} kể về {' '.join(told)} ở ngõ {n}."


class Paged:
    """A site with a list of ten stories a page, and older ones behind it: one every ``minutes``, number 20 at NOW."""

    def __init__(
        self, server: Server, *, pager: str = "link", timed: bool = True, minutes: int = 30, form: str = CLOCK
    ) -> None:
        self.server, self.pager, self.timed, self.minutes, self.form = server, pager, timed, minutes, form
        self.late = timedelta(0)  # by which its clock is behind
        self.stories: list[int] = []
        self.feed: list[int] | None = None

    def at(self, n: int) -> datetime:
        return NOW + timedelta(minutes=self.minutes) * (n - 20)

    def publish(self, numbers: Iterable[int]) -> None:
        for n in numbers:
            self.stories.append(n)
            self.server.says[f"/tin/chuyen-so-{n:04}-o-lang.htm"] = self.story(n)
        self.show()

    def show(self) -> None:
        """Put the stories on the site's pages."""
        newest = self.stories[::-1]
        pages = [newest[start : start + ON_A_PAGE] for start in range(0, len(newest), ON_A_PAGE)]
        for number, some in enumerate(pages, start=1):
            path = "/tin.htm" if number == 1 else f"/tin/trang-{number}.htm"
            self.server.says[path] = self.list(some, number, number < len(pages))
        if self.feed is not None:
            self.server.says["/tin.rss"] = self.rss(self.feed)

    def list(self, numbers: list[int], number: int, more: bool) -> bytes:
        items = "".join(
            f"<li><h3><a href='/tin/chuyen-so-{n:04}-o-lang.htm'>Làng kể chuyện số {n} bên sông</a></h3>"
            + (f"<time datetime='{self.at(n) - self.late:{self.form}}'></time>" if self.timed else "")
            + f"<p>{sentence(n)}</p></li>"
            for n in numbers
        )
        following = f"/tin/trang-{number + 1}.htm"
        foot = {
            "link": f"<nav class=pager><a rel=next href='{following}'>Trang sau</a></nav>",
            "button": f"<button class=load-more data-url='{following}'>Xem thêm</button>",
            "none": "",
        }[self.pager]
        named = "<link rel=alternate type='application/rss+xml' href='/tin.rss'>" if self.feed is not None else ""
        head = f"<head><title>Tin làng</title>{named}</head>"
        return page(f"<html lang=vi>{head}<body><ul>{items}</ul>{foot if more else ''}</body></html>")

    def story(self, n: int) -> bytes:
        text = "".join(f"<p>{sentence(n + 1000 * k)}</p>" for k in range(4))
        time = f"<meta property='article:published_time' content='{self.at(n) - self.late:{CLOCK}}'>"
        title = f"Làng kể chuyện số {n} bên sông"
        head = f"<head><title>{title}</title>{time}<meta property=og:type content=article></head>"
        return page(f"<html lang=vi>{head}<body><article><h1>{title}</h1>{text}</article></body></html>")

    def rss(self, numbers: list[int]) -> bytes:
        items = "".join(
            f"<item><title>Làng kể chuyện số {n} bên sông</title>"
            f"<link>{self.server.url(f'/tin/chuyen-so-{n:04}-o-lang.htm')}</link>"
            f"<pubDate>{self.at(n):%a, %d %b %Y %H:%M:%S +0000}</pubDate></item>"
            for n in numbers
        )
        return page(f"<?xml version='1.0'?><rss version='2.0'><channel><title>Tin</title>{items}</channel></rss>")


async def poll(polls: Polls, site: Paged, clock: Clock, **by: float) -> Changes:
    clock.go_on(**by)
    kind = "listing" if site.feed is None else "auto"
    return await polls.poll(urls=(site.server.url("/tin.htm"),), kind=kind, timezone="UTC")


def told(changes: Changes, kind: str = "article.published") -> list[Event]:
    return [event for event in changes.events if event.type == kind]


def numbers(events: list[Event]) -> list[int]:
    return [int(json.loads(event.payload)["data"]["article"]["title"].split()[4]) for event in events]


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("pager", ["link", "button"])
async def test_older_pages_close_the_gap(pager: str, timed: bool, polls: Polls, clock: Clock) -> None:
    """Of thirty-five stories between two polls, twenty-five would never be known to anybody."""
    async with serving({}) as server:
        site = Paged(server, pager=pager, timed=timed)
        site.publish(range(20))
        assert (await poll(polls, site, clock)).tally.new == 10
        site.publish(range(20, 55))
        changes = await poll(polls, site, clock, hours=30)
        assert numbers(told(changes)) == list(range(20, 55)), "oldest first, and none of before the first look"
        assert (changes.tally.new, changes.tally.caught_up) == (35, 25)
        assert not told(changes, "source.gap")
        assert not changes.state.watch.gaps
        shown = [entry for _, entry in polls.store.entries(["song-van"], 100)]
        assert {entry.article.published for entry in shown} == {site.at(n) for n in (*range(10, 20), *range(20, 55))}
        again = await poll(polls, site, clock, minutes=10)
        assert (again.tally.new, again.events, again.state.failure) == (0, (), None)
        assert "/tin/trang-5.htm" not in server.paths, "no further than was needed"


@pytest.mark.parametrize(("form", "hours"), [(DAY, 0), (CLOCK, 7)])
async def test_times_that_say_little_hide_no_gap(form: str, hours: int, polls: Polls, clock: Clock) -> None:
    """A list with days only, or of a site whose clock is hours behind, would lose stories without a word."""
    async with serving({}) as server:
        site = Paged(server, form=form)
        site.late = timedelta(hours=hours)
        site.publish(range(20))
        await poll(polls, site, clock)
        site.publish(range(20, 55))
        changes = await poll(polls, site, clock, hours=18)
        assert numbers(told(changes)) == list(range(20, 55))


async def test_old_stories_behind_a_list_are_no_news(polls: Polls, clock: Clock) -> None:
    """A site that gives all its stories new addresses would alert a newsroom to last month's."""
    async with serving({}) as server:
        site = Paged(server, timed=False, minutes=24 * 60)
        site.publish(range(-40, 20))
        await poll(polls, site, clock)
        site.stories = [n + 3000 for n in site.stories]
        at = site.at
        site.at = lambda n: at(n - 3000)  # type: ignore[method-assign]
        for n in site.stories:
            server.says[f"/tin/chuyen-so-{n:04}-o-lang.htm"] = site.story(n)
        site.publish([3020, 3021])
        changes = await poll(polls, site, clock, hours=30)
        assert changes.tally.new > 30
        assert len(told(changes)) <= 12, "those that the list itself names, and two that were not read"


async def test_what_finds_no_room_is_not_forgotten(polls: Polls, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a long outage the stories beyond what one poll takes in would be lost without a word."""
    monkeypatch.setattr(wanted, "MAX_NEW", 30)
    async with serving({}) as server:
        site = Paged(server)
        site.publish(range(20))
        await poll(polls, site, clock)
        site.publish(range(20, 75))
        found = [*numbers(told(await poll(polls, site, clock, hours=30)))]
        found += numbers(told(await poll(polls, site, clock, minutes=10)))
        assert sorted(found) == list(range(20, 75))


async def test_a_gap_that_stays_open_is_told(polls: Polls, clock: Clock) -> None:
    """A newsroom would believe to have everything, and nobody would know better."""
    async with serving({}) as server:
        site = Paged(server, pager="none", timed=False)
        site.publish(range(20))
        await poll(polls, site, clock)
        last = clock()
        site.publish(range(20, 55))
        changes = await poll(polls, site, clock, hours=30)
        assert changes.tally.new == 10
        (event,) = told(changes, "source.gap")
        gap = json.loads(event.payload)["data"]["gap"]
        assert gap["from"] == f"{last:%Y-%m-%dT%H:%M:%SZ}"
        assert (gap["url"], gap["to"], gap["cause"]) == (server.url("/tin.htm"), None, "the list names no older page")
        (kept,) = polls.store.sources(["song-van"])[0].state.watch.gaps
        assert (kept.since, kept.until, kept.why) == (last, None, "the list names no older page")
        assert not told(await poll(polls, site, clock, minutes=10), "source.gap"), "once"


async def test_no_further_than_told(polls: Polls, clock: Clock) -> None:
    """After a month of outage a site would be asked for hundreds of pages at once."""
    async with serving({}) as server:
        site = Paged(server)
        site.publish(range(10))
        await poll(polls, site, clock)
        site.publish(range(10, 200))
        polls.poller.catch_up = 3
        changes = await poll(polls, site, clock, hours=100)
        assert changes.tally.caught_up == 30
        (gap,) = changes.state.watch.gaps
        assert gap.why == "3 older pages have no known story ([fetch] catch_up)"
        assert gap.until == site.at(160)
        polls.poller.catch_up = 0
        site.publish(range(221, 241))
        changes = await poll(polls, site, clock, hours=10)
        assert "catch_up = 0" in changes.state.watch.gaps[-1].why


@pytest.mark.parametrize("says", ["500", "same", "loop"])
async def test_older_pages_that_lead_nowhere(says: str, polls: Polls, clock: Clock) -> None:
    """A site whose second page is the first one again, or an error, would be asked for ever, or fail as a whole."""
    async with serving({}) as server:
        site = Paged(server)
        site.publish(range(10))
        await poll(polls, site, clock)
        site.publish(range(10, 60))
        if says == "500":
            server.says["/tin/trang-2.htm"] = b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n"
        else:
            newest = site.stories[::-1][:10]
            server.says["/tin/trang-2.htm"] = site.list(newest, 1 if says == "loop" else 2, more=True)
        changes = await poll(polls, site, clock, hours=30)
        assert changes.state.failure is None
        assert changes.tally.new == 10
        (gap,) = changes.state.watch.gaps
        assert ("500" in gap.why) if says == "500" else (gap.why == "its older page has the same stories again")
        assert server.paths.count("/tin/trang-2.htm") <= 4


async def test_older_parts_of_a_sitemap(polls: Polls, clock: Clock) -> None:
    """Of a day's outage only what stands in the three newest parts of a site's index would be known."""
    async with serving({}) as server:
        site = Paged(server)

        def publish(days: int) -> None:
            parts = []
            for day in range(days):
                numbers = range(20 + 4 * day, 24 + 4 * day)
                for n in numbers:
                    server.says[f"/tin/chuyen-so-{n:04}-o-lang.htm"] = site.story(n)
                entries = "".join(
                    f"<url><loc>{server.url(f'/tin/chuyen-so-{n:04}-o-lang.htm')}</loc><news:news>"
                    f"<news:publication_date>{site.at(n):%Y-%m-%dT%H:%M:%SZ}</news:publication_date>"
                    f"<news:title>Làng kể chuyện số {n} bên sông</news:title></news:news></url>"
                    for n in reversed(numbers)
                )
                space = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
                server.says[f"/news-{day}.xml"] = page(f"<?xml version='1.0'?><urlset {space}>{entries}</urlset>")
                parts.append(
                    f"<sitemap><loc>{server.url(f'/news-{day}.xml')}</loc>"
                    f"<lastmod>{site.at(24 + 4 * day):%Y-%m-%dT%H:%M:%SZ}</lastmod></sitemap>"
                )
            server.says["/index.xml"] = page(f"<?xml version='1.0'?><sitemapindex>{''.join(parts)}</sitemapindex>")

        publish(2)
        clock.now = site.at(28)
        await polls.poll(urls=(server.url("/index.xml"),), kind="sitemap", timezone="UTC")
        publish(8)
        clock.now = site.at(53)
        changes = await polls.poll()
        assert numbers(told(changes)) == list(range(28, 52))
        assert (changes.tally.caught_up, changes.state.watch.gaps) == (12, ())


async def test_a_list_that_shows_what_it_likes(polls: Polls, clock: Clock) -> None:
    """A page of random picks would be followed through ten pages at each poll, with an alert of a gap each time."""
    async with serving({}) as server:
        site = Paged(server, timed=False)
        site.publish(range(400))
        gaps_told = 0
        for shown in range(8):
            site.stories = list(range(40 * shown, 40 * shown + 30))
            site.show()
            gaps_told += len(told(await poll(polls, site, clock, hours=1), "source.gap"))
        assert gaps_told == 3
        asked = len(server.paths)
        site.stories = list(range(360, 390))
        site.show()
        await poll(polls, site, clock, hours=1)
        assert not any("trang" in path for path in server.paths[asked:])


async def test_a_pinned_story_hides_no_gap(polls: Polls, clock: Clock) -> None:
    """A story that is pinned to the top for weeks would make a list look as if nothing had been missed."""
    async with serving({}) as server:
        site = Paged(server, timed=False)
        site.publish(range(30))
        await poll(polls, site, clock)
        for start in (30, 36):
            site.publish(range(start, start + 6))
            assert (await poll(polls, site, clock, minutes=10)).tally.new == 6
        pinned = 25
        site.stories.remove(pinned)
        site.stories.append(pinned)
        site.publish(range(42, 70))
        site.stories.remove(pinned)
        site.stories.append(pinned)
        site.show()
        changes = await poll(polls, site, clock, hours=2)
        assert sorted(numbers(told(changes))) == list(range(42, 70))


async def test_a_list_that_begins_anew(polls: Polls, clock: Clock) -> None:
    """Each midnight, at which a site empties its list, somebody would be told that stories are missing."""
    async with serving({}) as server:
        site = Paged(server, pager="none", minutes=60)
        site.publish(range(20))
        await poll(polls, site, clock)
        for hour in range(20, 24):
            site.publish([hour])
            clock.now = site.at(hour) + timedelta(minutes=20)
            assert (await poll(polls, site, clock)).tally.new == 1
        site.minutes, site.stories = 5, []
        site.publish([62, 63])  # ten minutes after the last poll
        clock.now = site.at(64)
        changes = await poll(polls, site, clock)
        assert changes.tally.new == 2
        assert not told(changes, "source.gap")


async def test_another_list_shows_what_is_missed(polls: Polls, clock: Clock) -> None:
    """Stories that a section's page does not list would never be known, though the site's own feed has them."""
    async with serving({}) as server:
        site = Paged(server)
        site.feed = [9, 8, 7, 6]  # its newest are on the list, and it is too short to be watched
        site.publish(range(10))
        await poll(polls, site, clock)
        (state,) = polls.store.lists_of("song-van").values()
        assert (state.via, state.second, state.second_kind) == (None, server.url("/tin.rss"), "feed")
        site.feed = [13, 12, 11, 10]
        site.publish([10, 12, 13])  # 11 is in the feed only
        server.says["/tin/chuyen-so-0011-o-lang.htm"] = site.story(11)
        assert numbers(told(await poll(polls, site, clock, hours=1))) == [10, 12, 13]
        clock.go_on(hours=6)
        changes = await poll(polls, site, clock)
        assert numbers(told(changes)) == [11]
        assert (changes.tally.new, changes.tally.missed) == (1, 1)
        (check,) = changes.state.watch.checks
        assert (check.found, check.second, check.both) == (3, 4, 3)
        count = server.paths.count("/tin.rss")
        await poll(polls, site, clock, hours=1)
        assert server.paths.count("/tin.rss") == count, "once in six hours"
        polls.source = msgspec.structs.replace(polls.source, cross_check=0.0)
        await poll(polls, site, clock, hours=12)
        assert server.paths.count("/tin.rss") == count, "never"


@pytest.mark.parametrize(("strangers", "second"), [(0, True), (1, True), (5, False)])
def test_a_page_with_other_sections_is_no_second_list(strangers: int, second: bool) -> None:
    """Stories of other sections in a page's side columns would be announced as this section's, each six hours."""
    mine = tuple(teaser(f"mine-{n}") for n in range(20))
    others = tuple(teaser(f"other-{n}") for n in range(strangers))
    older = tuple(teaser(f"older-{n}") for n in range(30))
    feed = Candidate(url="https://news.example/rss", kind="feed", teasers=mine, named=True)
    found = choose("https://news.example/list", (*mine[:3], *others, *mine[3:], *older), [feed], NOW)
    assert found.kind == "feed" or strangers == 5
    assert (found.second == "https://news.example/list") is second


async def test_a_first_check_that_fails_is_not_made_up_for(polls: Polls, clock: Clock) -> None:
    """After one timeout the next check would take a feed's old stories for news."""
    async with serving({}) as server:
        site = Paged(server)
        site.feed = [19, 18, 17, 16]
        site.publish(range(20))
        await poll(polls, site, clock)
        state = polls.store.lists_of("song-van")[server.url("/tin.htm")]
        polls.store.claim_source("test", "song-van", 60)
        before = msgspec.structs.replace(state, checked=None)
        later = Changes(state=polls.store.sources(["song-van"])[0].state, listings={server.url("/tin.htm"): before})
        polls.store.commit(later, "test")
        server.says["/tin.rss"] = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"
        await poll(polls, site, clock, hours=1)
        assert polls.store.lists_of("song-van")[server.url("/tin.htm")].second is None
        site.feed = [19, 18, 17, 16, 5]
        server.says["/tin/chuyen-so-0005-o-lang.htm"] = site.story(5)
        site.show()
        assert not told(await poll(polls, site, clock, hours=7))


async def test_a_choice_made_anew_forgets_no_check(polls: Polls, clock: Clock) -> None:
    """Each week, what only the site's other list had just then would be stored without an alert."""
    async with serving({}) as server:
        site = Paged(server, minutes=60)
        site.feed = [19, 18, 17, 16]
        site.publish(range(20))
        await poll(polls, site, clock)
        newest = 20 + 24 * 8
        site.publish([newest - 2, newest - 1])
        server.says[f"/tin/chuyen-so-{newest:04}-o-lang.htm"] = site.story(newest)
        site.feed = [newest, newest - 1, newest - 2, 19, 18]
        site.show()
        clock.now = site.at(newest)
        assert numbers(told(await poll(polls, site, clock))) == [newest - 2, newest - 1, newest]


async def test_what_was_always_elsewhere_is_no_news(polls: Polls, clock: Clock) -> None:
    """At the first look at the site's other list, its old stories would be announced as news."""
    async with serving({}) as server:
        site = Paged(server)
        site.feed = [9, 8, 7, 6]
        site.publish(range(10))
        await poll(polls, site, clock)
        server.says["/tin/chuyen-so-0003-o-lang.htm"] = site.story(3)
        server.says["/tin/chuyen-so-0005-o-lang.htm"] = site.story(5)
        site.stories = [n for n in site.stories if n not in (3, 5)]
        site.feed = [9, 8, 7, 6, 5, -2000]
        server.says["/tin/chuyen-so-2000-o-lang.htm"] = site.story(-2000)
        site.show()
        changes = await poll(polls, site, clock, hours=7)
        assert not told(changes)


def test_what_is_missed_is_estimated() -> None:
    """An operator would be shown a number that two halves of the same list made up."""
    checks = (
        Check(NOW - timedelta(days=9), 50, 1, 1),
        Check(NOW - timedelta(days=1), 40, 30, 20),
        Check(NOW, 40, 30, 25),
    )
    found = gaps.estimate(Watch(checks=checks), NOW)
    assert found is not None
    assert (found.found, found.missed, found.last) == (80, 15, NOW)
    assert found.unknown == pytest.approx(81 * 61 / 46 - 1 - 95)
    few = gaps.estimate(Watch(checks=(Check(NOW, 5, 4, 3),)), NOW)
    assert few is not None
    assert few.unknown is None
    assert gaps.estimate(Watch(), NOW) is None


async def test_no_poll_begins_while_the_hours_requests_are_spent(store: SqlStore, tmp_path: Path) -> None:
    """An operator's line, or the sites' patience, would be used up though a budget was set."""
    text = "[fetch]\nbudget = 30\n" + "".join(
        f'[[source]]\nid = "s{n}"\nurls = ["https://s{n}.example/"]\ninterval = "auto"\n' for n in range(50)
    )
    config = configured(tmp_path, f'{text}[state]\nurl = "sqlite:///{store.engine.url.database}"\n')
    async with open_parts(config) as parts:
        work = Work(parts, config, delivered=lambda *_: None, trouble=lambda error: pytest.fail(str(error)))
        await work.look_ahead()
        assert parts.poller.outlook.price > PRICE
        assert len(await work.claim(20)) == 20
        for _ in range(25):
            parts.fetcher.spent.add()
        assert len(await work.claim(20)) == 5
        for _ in range(5):
            parts.fetcher.spent.add()
        assert await work.claim(20) == ()
