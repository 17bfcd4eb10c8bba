"""Archives, tombstones and notices, as the daemon serves them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import feedparser
import httpx
import pytest

from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.feeds import assemble
from feeds.model import Changes, Failure, SourceState
from state.sql import SqlStore
from tests.conftest import Clock
from tests.samples import commit, configured, make_entry

TOML = """
[server]
public_url = "http://bantin.test/"
[websub]
hub = "https://hub.example/"
[[source]]
id = "ttv"
title = "Truyền hình"
urls = ["https://news.example/list"]
language = "vi"
exclude = ["quảng cáo"]
[[source]]
id = "quiet"
urls = ["https://quiet.example/"]
tell_failing = false
[[feed]]
id = "few"
sources = ["ttv"]
entries = 3
full_text = false
[[feed]]
id = "edits"
sources = ["ttv"]
show_changes = true
[[feed]]
id = "boats"
sources = ["ttv"]
sections = ["THỂ THAO"]
"""


@pytest.fixture
async def client(any_store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    config = configured(tmp_path, TOML)
    any_store.sync({source.id: 600.0 for source in config.sources}, {})
    app = make_app(lambda: config, Storage(any_store), "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test") as found:
        yield found


async def back(client: httpx.AsyncClient, address: str) -> list[list[str]]:
    """The ids of each document, from the subscription document back to the oldest archive."""
    pages = []
    while address:
        answer = await client.get(address)
        assert answer.status_code == 200
        found = feedparser.parse(answer.content)
        assert not found.bozo
        assert f'<{answer.url}>; rel="self"' in answer.headers["link"]
        pages.append([entry.id for entry in found.entries])
        address = next((link.href for link in found.feed.links if link.rel == "prev-archive"), "")
    return pages


@pytest.mark.parametrize("extension", ["atom", "rss"])
async def test_back_to_the_first_story(client: httpx.AsyncClient, any_store: SqlStore, extension: str) -> None:
    """A new subscriber could not read what was there before the newest hundred."""
    entries = [
        make_entry(number, title="Tin quảng cáo" if number == 42 else f"Bài {number}") for number in range(1, 251)
    ]
    commit(any_store, entries)
    pages = await back(client, f"/feeds/ttv.{extension}")
    assert [len(page) for page in pages] == [100, 100, 99]
    wanted = [entry.story.entry_id for entry in reversed(entries)]
    wanted.remove(entries[41].story.entry_id)
    assert list(dict.fromkeys(name for page in pages for name in page)) == wanted
    assert (await client.get(f"/feeds/ttv/archive/3.{extension}")).status_code == 404
    assert (await client.get(f"/feeds/ttv/archive/0.{extension}")).status_code == 404
    few = await back(client, f"/feeds/few.{extension}")
    assert len(few[0]) == 3
    assert set(wanted) == {name for page in few for name in page}


async def test_archives_do_not_move(client: httpx.AsyncClient, any_store: SqlStore) -> None:
    """Every reader would fetch the whole history again with each new story."""
    entries = [make_entry(number) for number in range(1, 202)]
    commit(any_store, entries)
    before = await client.get("/feeds/ttv/archive/1.atom")
    commit(any_store, [make_entry(300)])
    after = await client.get("/feeds/ttv/archive/1.atom", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 304
    newest = make_entry(201, story={"removed": any_store.clock()})
    commit(any_store, [newest, make_entry(1, story={"removed": any_store.clock()})])
    archive = (await client.get("/feeds/ttv/archive/1.atom")).content
    assert f'ref="{entries[0].story.entry_id}"'.encode() in archive
    assert len(feedparser.parse(archive).entries) == 99
    assert f'ref="{newest.story.entry_id}"'.encode() in (await client.get("/feeds/ttv.atom")).content


async def test_source_that_fails_for_a_day_says_so(
    client: httpx.AsyncClient, any_store: SqlStore, clock: Clock
) -> None:
    """A feed would fall silent, and its subscribers take that for a quiet day."""
    commit(any_store, [make_entry(1)])

    def fail(name: str) -> None:
        claim = any_store.claim_source("tests", name, 60)
        assert claim is not None
        since = claim.state.failing_since or clock()
        failure = Failure(url="https://news.example/list", cause="the server answers 500", at=clock())
        state = SourceState(
            id=name, due_at=clock(), failures=4, failing_since=since, failure=failure, last_poll=clock()
        )
        any_store.commit(Changes(state=state), "tests")

    fail("ttv")
    fail("quiet")
    assert len(feedparser.parse((await client.get("/feeds/ttv.atom")).content).entries) == 1
    clock.go_on(days=1)
    fail("ttv")
    fail("quiet")
    notice, _ = feedparser.parse((await client.get("/feeds/ttv.atom")).content).entries
    assert "Truyền hình" in notice.title
    assert "the server answers 500" in notice.content[0].value
    assert len(feedparser.parse((await client.get("/feeds/quiet.atom")).content).entries) == 0
    page = (await client.get("/feeds/ttv/")).text
    assert "Truyền hình cannot be read at present" in page
    assert "the server answers 500" in page
    same = (await client.get("/feeds/ttv.atom")).content
    clock.go_on(hours=5)
    assert (await client.get("/feeds/ttv.atom")).content == same
    commit(any_store, [])
    assert len(feedparser.parse((await client.get("/feeds/ttv.atom")).content).entries) == 1


async def test_feeds_made_to_measure(client: httpx.AsyncClient, any_store: SqlStore, clock: Clock) -> None:
    """Sections, summaries and notes of changes that the operator asked for would not be in the feed."""
    first = make_entry(1)
    commit(any_store, [first, make_entry(2, section="Thể thao")])
    clock.go_on(hours=1)
    edited = make_entry(1, body_text="Hội làng 1 có ba mươi đội.", story={"revision": 2, "updated": clock()})
    commit(any_store, [edited])

    async def found(name: str) -> list[feedparser.FeedParserDict]:
        return list(feedparser.parse((await client.get(f"/feeds/{name}.atom")).content).entries)

    assert [entry.title for entry in await found("boats")] == ["Làng 2 mở hội đua thuyền"]
    few = (await client.get("/feeds/few.atom")).text
    assert "khai hội" in few
    assert "<content" not in few
    noted = {entry.id: entry.content[0].value for entry in await found("edits")}
    assert "<ins>" in noted[first.story.entry_id]
    assert "<del>" in noted[first.story.entry_id]
    assert all("<del>" not in entry.content[0].value for entry in await found("ttv"))


async def test_hub_and_codings(client: httpx.AsyncClient, any_store: SqlStore) -> None:
    """Hubs would not be found, and the feed cross the network unpacked."""
    commit(any_store, [make_entry(1)])
    answer = await client.get("/feeds/ttv.atom", headers={"accept-encoding": "gzip, br"})
    assert '<https://hub.example/>; rel="hub"' in answer.headers["link"]
    assert answer.headers["content-encoding"] == "br"
    gzipped = await client.get("/feeds/ttv.atom", headers={"accept-encoding": "br;q=0.1, gzip;q=0.9"})
    assert gzipped.headers["content-encoding"] == "gzip"
    assert gzipped.content == answer.content
    tags = {answer.headers["etag"], gzipped.headers["etag"]}
    assert len(tags) == 2
    for tag in tags:
        again = await client.get("/feeds/ttv.atom", headers={"if-none-match": tag})
        assert again.status_code == 304
    assert b'rel="hub"' in answer.content


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "-1", "x", "٣"])
async def test_numbers_that_nothing_has(client: httpx.AsyncClient, number: str) -> None:
    """Anybody could fill the log with tracebacks."""
    assert (await client.get(f"/feeds/ttv/archive/{number}.atom")).status_code == 404
    assert (await client.get(f"/pictures/x/{number}")).status_code == 404


async def test_feed_without_matches_leads_nowhere_wrong(client: httpx.AsyncClient, any_store: SqlStore) -> None:
    """A reader would follow the link to older stories into an error."""
    commit(any_store, [make_entry(number) for number in range(1, 151)])
    pages = await back(client, "/feeds/boats.atom")
    assert [len(page) for page in pages] == [0, 0, 0]


async def test_an_archive_of_long_stories_is_no_larger_than_it_says(
    client: httpx.AsyncClient, any_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred stories whose leads, tags and names are as long as they may be would make a document of 21 MB."""
    monkeypatch.setattr(assemble, "MAX_DOCUMENT", 50_000)
    long = {"tags": tuple(f"{n} {'từ khóa ' * 20}" for n in range(60)), "summary": "Một câu mở đầu rất dài. " * 200}
    for number in range(110):
        commit(any_store, [make_entry(number, body_text="Chữ. " * 3000, content_html="<p>Chữ.</p>" * 3000, **long)])
    document = (await client.get("/feeds/ttv/archive/1.atom")).content
    assert len(document) < 1_000_000
    assert len(feedparser.parse(document).entries) == 100
