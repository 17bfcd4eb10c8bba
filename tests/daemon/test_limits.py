"""Limits to what one source, one page or one operator's rule may do to everything else, at work in whole polls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from daemon.http.fetch import Fetcher
from daemon.polling.poll import SLOW_PAGES, Poller
from daemon.reading.reader import Reader
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.feeds import assemble
from feeds.deciding import events, filters, wanted
from feeds.deciding.rules import Audience
from feeds.errors import ReadError
from feeds.model import Article, Changes, Listing, ListingState, Look, Page, Source, Validators
from feeds.reading.border import MAX_TEXT
from feeds.writing.phrases import words
from state.sql import SqlStore
from tests.conftest import NOW, Clock, LiveSite
from tests.daemon.conftest import Polls
from tests.feeds.makers import SITE, History, article, audience, read, source, teaser
from tests.samples import commit, configured, make_entry


class Slow(Reader):
    """Every page of a story takes too long."""

    asked = 0

    async def article(self, page: Page, *_: object, **__: object) -> Article:
        self.asked += 1
        late = ReadError(page.url, "reading it took more than 5 s")
        late.slow = True
        raise late


async def test_a_source_of_slow_pages_gives_up(
    live_site: LiveSite, fetcher: Fetcher, reader: Reader, store: SqlStore, clock: Clock
) -> None:
    """Sixty pages that take their five seconds each would hold a worker for five minutes, at every poll."""
    slow = Slow.__new__(Slow)
    slow.__dict__.update(reader.__dict__)
    storage = Storage(store)
    polls = Polls(live_site, Poller(storage, fetcher, slow, "test", clock=clock), store, clock)
    changes = await polls.poll()
    assert SLOW_PAGES <= slow.asked <= SLOW_PAGES + 4, "those that were under way already"
    assert changes.tally.new == changes.tally.partial == 36, "the others are published from their teasers"
    reasons = {story.reason for story in changes.stories}
    assert reasons == {"reading it took more than 5 s", "skipped"}
    storage.close()


def listing(*names: str, first: bool = False) -> Listing:
    known = None if first else Validators(etag="x", body_hash="y")
    return Listing(
        url=f"{SITE}list",
        teasers=tuple(teaser(name) for name in names),
        state=ListingState(validators=known or Validators(etag="x"), teasers=len(names)),
        first=first,
    )


def test_a_poll_takes_in_so_many_new_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of a hundred thousand stories would fill the database in one poll, or its rest be lost for good."""
    monkeypatch.setattr(wanted, "MAX_NEW", 3)
    names = [f"s{n}" for n in range(5)]
    history = History()
    for first in (True, False):
        lists = [listing(*names, first=first), listing("s0", first=first)]
        looks, bounded = wanted.bounded(wanted.looks(source(), lists, {}, (), NOW), lists)
        assert [look.url for look in looks] == [f"{SITE}s{n}" for n in range(3)]
        left, whole = bounded
        assert whole == lists[1]
        if first:
            assert left.state is None, "the next poll is the first one again: what is left is no news, either"
        else:
            assert left.state is not None
            assert left.state.validators == Validators(), "the next poll reads the list, changed or not"
    known = {f"https://news.example/{name}": history for name in names}
    few = [listing(*names[:3])]
    assert wanted.bounded(wanted.looks(source(), few, {}, (), NOW), few)[1] == few
    assert known


async def test_what_is_left_over_comes_with_the_next_polls(polls: Polls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stories beyond the limit would never be seen, for their list did not change."""
    monkeypatch.setattr(wanted, "MAX_NEW", 10)
    found, alerts = [], 0
    for _ in range(4):
        changes = await polls.poll()
        found.append(changes.tally.new)
        alerts += len(changes.events)
        polls.clock.go_on(minutes=10)
    assert found == [10, 10, 10, 6]
    assert alerts == 0, "all of it was there before bantin"


def one_event(changes: Changes) -> dict[str, object]:
    (event,) = changes.events
    assert len(event.payload) <= events.MAX_EVENT
    told = json.loads(event.payload)
    assert isinstance(told, dict)
    return told["data"]  # type: ignore[no-any-return]


def test_an_event_of_megabytes_names_its_story(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that takes a megabyte would refuse the alert for three days, and then never hear of the story."""
    monkeypatch.setattr(events, "MAX_EVENT", 20_000)
    history = History()
    long = article("a", "A long report of the valley and its people. " * 1000)
    data = one_event(history.poll(read("a", long)))
    told = data["article"]
    assert isinstance(told, dict)
    assert told["text"] is told["content_html"] is None
    assert told["url"] == f"{SITE}a"
    assert told["title"]
    edited = msgspec.structs.replace(
        long, title="Headline a of the day, anew", body_text=" ".join(f"w{n}" for n in range(20_000))
    )
    data = one_event(history.poll(read("a", edited)))
    assert data["changes"] == {"fields": ["title", "text"], "title": [], "summary": [], "text": []}


def test_a_text_that_bantin_cut_goes_on_changing() -> None:
    """A live blog that outgrows the limit would be taken for a paywall, and stand still."""
    history = History()
    history.poll(read("a", article("a", "Paragraph of the day. " * 100)))
    grown = article("a", "Paragraph of the day. " * (MAX_TEXT // 22), truncated=True)
    assert [event.type for event in history.poll(read("a", grown)).events] == ["article.revised"]
    stub = article("a", "Paragraph of the day. " * 3, truncated=True)
    assert history.poll(read("a", stub)).events == ()


def test_a_rule_that_takes_for_ever_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator would not learn why a feed shows what it should not."""
    monkeypatch.setattr(filters, "TIME_LIMIT", 0.02)
    history = History(include=("(x+x+)+y",))
    hostile = article("a", "x" * 3000 + " and so on, for the whole of a story of some length.")
    changes = history.poll(read("a", hostile))
    assert "(x+x+)+y" in (changes.state.warning or "")
    assert [event.type for event in changes.events] == ["article.published"], "it is not lost"
    assert list(changes.verdicts.values()) != [{}]


TOML = """
[[source]]
id = "ttv"
urls = ["https://news.example/list"]
[[feed]]
id = "some"
sources = ["ttv"]
include = ["thuyền 7$|Làng 7 "]
"""


@pytest.fixture
async def client(store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    config = configured(tmp_path, TOML)
    store.sync({"ttv": 600.0}, {})
    storage = Storage(store)
    app = make_app(lambda: config, storage, "http://bantin.test/", fresh=0.0)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test") as opened:
        yield opened
    storage.close()


async def test_a_document_of_megabytes_has_fewer_entries(
    client: httpx.AsyncClient, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty stories of megabytes would make a feed that no reader takes, made anew with each of them."""
    monkeypatch.setattr(assemble, "MAX_DOCUMENT", 50_000)
    commit(store, [make_entry(n, content_html="<p>word</p>\n" * 1000, body_text="word " * 1000) for n in range(1, 31)])
    seen: set[str] = set()
    address, sizes = "/feeds/ttv.json", []
    while address:
        found = (await client.get(address)).json()
        seen |= {item["id"] for item in found["items"]}
        sizes.append(len(found["items"]))
        address = found.get("next_url", "").removeprefix("http://bantin.test")
    assert sizes[0] < 5
    assert len(seen) == 30, "the rest is in the archives"


async def test_an_archive_of_megabytes_keeps_its_stories(
    client: httpx.AsyncClient, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred long stories in one archive would fill the memory of a small machine, or be missing there."""
    monkeypatch.setattr(assemble, "MAX_DOCUMENT", 50_000)
    told = "<p>word</p>\n" * 1000
    commit(store, [make_entry(n, content_html=told, body_text="word " * 1000) for n in range(1, 31)])
    first, *rest = (await client.get("/feeds/ttv/archive/1.json")).json()["items"]
    assert len(rest) > 20
    assert first["content_html"].count("word") == 1000
    assert rest[-1]["content_html"].count("word") == 0
    assert words("vi")["long"] in rest[-1]["content_html"]
    assert rest[-1]["summary"], "what its list said is there"


async def test_rules_are_asked_once(
    client: httpx.AsyncClient, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed whose rule matches seldom would ask it of all stories again for each reader and page."""
    commit(store, [make_entry(n) for n in range(1, 31)])
    asked: list[str] = []
    verdict = filters.Judge.verdict

    def counted(self: filters.Judge, rules: filters.Rules | None, told: Article) -> bool | None:
        asked.append(told.title)
        return verdict(self, rules, told)

    monkeypatch.setattr(filters.Judge, "verdict", counted)
    assert len((await client.get("/feeds/some.json")).json()["items"]) == 1
    assert len(asked) == 30
    for path in ("/feeds/some.atom", "/feeds/some/", "/feeds/some.rss", "/"):
        assert (await client.get(path)).status_code == 200
    assert len(asked) == 30
    commit(store, [make_entry(31, title="Làng 7 lại mở hội")])
    assert len((await client.get("/feeds/some.json")).json()["items"]) == 2
    assert len(asked) == 31


async def test_a_question_is_answered_once(
    client: httpx.AsyncClient, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few people who look for a common word would keep everybody else from their feeds."""
    commit(store, [make_entry(n) for n in range(1, 121)])
    asked: list[str] = []
    search = SqlStore.search

    def counted(self: SqlStore, question: str, *more: object, **named: object) -> object:
        asked.append(question)
        return search(self, question, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SqlStore, "search", counted)
    counted.__name__ = "search"
    shown: list[str] = []
    address = "/search?q=thuyền"
    for _ in range(5):
        page = await client.get(address)
        shown += [part.partition('"')[0] for part in page.text.split('href="articles/')[1:]]
        following = page.text.partition('rel="next"')[0].rpartition('href="')[2]
        if 'rel="next"' not in page.text:
            break
        address = f"/search{following.partition(chr(34))[0]}".replace("&amp;", "&")
    assert len(set(shown)) == 120, "page by page, all of them"
    assert len(asked) == 3
    assert (await client.get("/search?q=thuyền")).status_code == 200
    assert len(asked) == 3, "nothing changed meanwhile"
    commit(store, [make_entry(121)])
    await client.get("/search?q=thuyền")
    assert len(asked) == 4


def test_finding_a_source_takes_no_look_at_all_others(tmp_path: Path) -> None:
    """A feed over ten thousand sources would stand the daemon still for seconds."""
    text = "".join(f'[[source]]\nid = "s{n}"\nurls = ["https://s{n}.example/"]\n' for n in range(50))
    config = configured(tmp_path, text)
    looked = 0

    class Counted(tuple[Source, ...]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal looked
            looked += 1
            return super().__iter__()

    config = msgspec.structs.replace(config, sources=Counted(config.sources))
    for n in range(50):
        assert config.source(f"s{n}") is not None
    assert config.source("none") is None
    assert looked == 1


def test_who_hears_of_a_source_is_known_at_once() -> None:
    """Each story of a poll would look through the feeds of all sources."""
    assert [feed.id for feed in audience().feeds_of("src")] == ["src"]
    assert Audience().feeds_of("src") == []
    assert Look(url="x", outcome="skipped").slow is False
