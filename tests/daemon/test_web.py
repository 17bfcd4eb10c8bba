"""The web server: what programs rely on (the pages for people: test_pages)."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import fastfeedparser
import feedparser
import httpx
import pytest

from daemon.config import Config, parse
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.feeds.assemble import PAGE
from daemon.web.server.server import WebServer, base_url, listen
from state.sql import SqlStore
from tests.conftest import Clock
from tests.daemon.servers import no_reader
from tests.samples import commit, configured, make_entry

TOML = """
[[source]]
id = "ttv"
title = "Truyền hình"
urls = ["https://news.example/thoi-su.htm"]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
exclude = ["quảng cáo"]
[[source]]
id = "other"
urls = ["https://other.example/"]
[[feed]]
id = "boats"
sources = ["ttv", "other"]
include = ["đua thuyền"]
exclude = ["hoãn"]
entries = 3
"""
BASE = "http://bantin.test/"
FEED = "/feeds/ttv.atom"

Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Two sources, and a feed of both."""
    return configured(tmp_path, TOML)


@pytest.fixture
def filled(store: SqlStore, config: Config) -> SqlStore:
    """A store with three stories of ``ttv``."""
    store.sync({source.id: 600.0 for source in config.sources}, {})
    commit(store, [make_entry(number) for number in (1, 2, 3)])
    return store


@pytest.fixture
async def ask(filled: SqlStore, config: Config) -> AsyncIterator[Client]:
    """Makes clients of the application; it accepts keywords of `make_app` and a configuration of its own."""
    storage = Storage(filled)
    clients = []

    def client(own: Config | None = None, base: str = BASE, **more: Any) -> httpx.AsyncClient:
        app = make_app(lambda: own or config, storage, base, **more)
        made = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE, headers={"accept-encoding": ""})
        clients.append(made)
        return made

    yield client
    for made in clients:
        await made.aclose()
    storage.close()


def titles(answer: httpx.Response) -> list[str]:
    """The titles of the entries of a feed."""
    assert answer.status_code == 200
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    return [entry.title for entry in parsed.entries]


# -- feeds


async def test_a_feed(ask: Client) -> None:
    """Nobody could subscribe, or caches and readers would be told nothing to go by."""
    answer = await ask().get(FEED)
    assert len(titles(answer)) == 3
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["etag"].startswith('"')
    assert answer.headers["last-modified"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["link"] == f'<{BASE}feeds/ttv.atom>; rel="self"'
    assert "access-control-allow-origin" not in answer.headers, "no web page may read a bantin that is not public"
    assert answer.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [("rss", "application/rss+xml; charset=utf-8"), ("json", "application/feed+json; charset=utf-8")],
)
async def test_the_other_formats(ask: Client, extension: str, content_type: str) -> None:
    """Readers that know no Atom could not subscribe, or would fetch the whole feed at every poll."""
    client, path = ask(), f"/feeds/ttv.{extension}"
    answer = await client.get(path)
    assert len(fastfeedparser.parse(answer.content).entries) == 3
    assert answer.headers["content-type"] == content_type
    assert answer.headers["link"] == f'<{BASE}feeds/ttv.{extension}>; rel="self"'
    assert answer.headers["etag"] != (await client.get(FEED)).headers["etag"]
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    zipped = await client.get(path, headers={"accept-encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == answer.content


async def test_an_unknown_format(ask: Client) -> None:
    """Someone who mistypes an address would not be told which there are."""
    for name in ("xml", "values", "__init__", "atom.bak"):
        answer = await ask().get(f"/feeds/ttv.{name}")
        assert answer.status_code == 404
    assert (await ask().get("/feeds/ttv.xml")).text == "no format 'xml'; there are: atom, json, rss\n"


async def test_summaries_only(ask: Client, tmp_path: Path) -> None:
    """A source whose texts are not to be republished would have them republished."""
    brief = configured(tmp_path, TOML.replace('language = "vi"', 'language = "vi"\nfull_text = false'))
    assert "hai mươi đội" in (await ask().get(FEED)).text
    for extension in ("atom", "rss", "json"):
        assert "hai mươi đội" not in (await ask(brief).get(f"/feeds/ttv.{extension}")).text


async def test_a_feed_of_two_names_its_sources(ask: Client) -> None:
    """Readers of a feed over several sources would not know which of them a story is from."""
    [entry, *_] = feedparser.parse((await ask().get("/feeds/boats.atom")).content).entries
    assert entry.source.title == "Truyền hình"


async def test_head(ask: Client) -> None:
    """A link checker would fetch the whole feed, or be told something else than a reader."""
    client = ask()
    head, get = await client.head(FEED), await client.get(FEED)
    assert head.status_code == 200
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


async def test_packed(ask: Client) -> None:
    """Readers would get ten times the bytes, or a cache would mix the two forms up."""
    client = ask()
    for accept, coding in [
        ("gzip", "gzip"), ("br, gzip;q=0.5", "br"), ("*", "br"), ("GZIP", "gzip"), ("deflate, gzip ; q=1.0", "gzip"),
        ("gzip, br", "br"), ("br;q=0.2, gzip;q=0.9", "gzip"), ("*, br;q=0", "gzip"),
    ]:  # fmt: skip
        plain = await client.get(FEED)
        zipped = await client.get(FEED, headers={"accept-encoding": accept})
        assert zipped.headers["content-encoding"] == coding
        assert zipped.content == plain.content
        assert int(zipped.headers["content-length"]) < len(plain.content) / 2
        assert zipped.headers["etag"] != plain.headers["etag"]
        assert zipped.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"


async def test_not_packed(ask: Client) -> None:
    """A reader that cannot unzip would be sent what it cannot read."""
    client = ask()
    for accept in ["", "identity", "gzip;q=0", "gzip; q=0", "zstd", "gzip;q=x", "*;q=0", ",,;q=1"]:
        answer = await client.get(FEED, headers={"accept-encoding": accept})
        assert "content-encoding" not in answer.headers
        assert answer.content.startswith(b"<?xml")


# -- conditional requests


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', '"a",W/{0} ,"b"', "*"])
@pytest.mark.parametrize("accept", ["", "gzip"])
async def test_not_modified(ask: Client, form: str, accept: str) -> None:
    """Every poll of every reader would cost the whole feed."""
    client = ask()
    first = await client.get(FEED, headers={"accept-encoding": accept})
    tags = form.format(first.headers["etag"])
    again = await client.get(FEED, headers={"accept-encoding": accept, "if-none-match": tags})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "last-modified", "cache-control", "vary", "link"):
        assert again.headers[name] == first.headers[name]
    assert "content-length" not in again.headers
    head = await client.head(FEED, headers={"accept-encoding": accept, "if-none-match": tags})
    assert head.status_code == 304


async def test_other_tags(ask: Client) -> None:
    """A reader with an old copy would be told that it is new."""
    client = ask()
    for tags in ['"other"', "", '"*"', "W/", '"', ",,,", "x" * 5000]:
        answer = await client.get(FEED, headers={"if-none-match": tags})
        assert answer.status_code == 200


async def test_tags_on_two_lines(ask: Client) -> None:
    """A proxy that asks for several readers at once would be sent the feed each time."""
    client = ask()
    etag = (await client.get(FEED)).headers["etag"]
    again = await client.get(FEED, headers=[("if-none-match", '"other"'), ("if-none-match", etag)])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Sat, 21 Nov 2026 10:00:00 GMT", 304),
        ("Sun, 22 Nov 2026 00:00:00 GMT", 304),
        ("Sat, 21 Nov 2026 09:59:59 GMT", 200),
        ("Saturday, 21-Nov-26 10:00:00 GMT", 304),
        ("", 200),
        ("yesterday", 200),
        ("Sat, 99 Nov 2026 10:00:00 GMT", 200),
        ("Sat, 21 Nov 99999 10:00:00 GMT", 200),
        ("Sat, 21 Nov 2026 10:00:00 +99999999999999999999", 200),
        ("Sat, 21 Nov 2026", 200),
    ],
)
async def test_if_modified_since(ask: Client, since: str, status: int) -> None:
    """Readers that know only dates would get the whole feed each time, or never again."""
    assert (await ask().get(FEED, headers={"if-modified-since": since})).status_code == status


async def test_a_tag_counts_before_a_date(ask: Client) -> None:
    """A reader whose copy changed within a second would never see the change (RFC 9110 section 13.2.2)."""
    client = ask()
    late = "Sun, 22 Nov 2026 00:00:00 GMT"
    changed = await client.get(FEED, headers={"if-none-match": '"other"', "if-modified-since": late})
    assert changed.status_code == 200
    etag, early = (await client.get(FEED)).headers["etag"], "Thu, 01 Jan 1970 00:00:00 GMT"
    same = await client.get(FEED, headers={"if-none-match": etag, "if-modified-since": early})
    assert same.status_code == 304


# -- what changes a feed


async def test_what_nobody_sees_changes_nothing(ask: Client, filled: SqlStore, clock: Clock) -> None:
    """Every look at an unchanged story would send the whole feed to every reader."""
    client = ask()
    first = await client.get(FEED)
    clock.go_on(minutes=5)
    looked = make_entry(2, story={"looks": 3, "next_look": clock()})
    commit(filled, [looked], visible=False, due_at=clock.go_on(hours=1), failures=0)
    for asked in (client, ask()):  # one that remembers, and one that renders anew
        again = await asked.get(FEED)
        assert again.content == first.content
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["last-modified"] == first.headers["last-modified"]


async def test_a_restart_changes_nothing(ask: Client, filled: SqlStore, config: Config, clock: Clock) -> None:
    """Every restart of the daemon would send every feed to every reader."""
    first = await ask().get(FEED)
    clock.go_on(days=3)
    reopened = SqlStore(str(filled.engine.url), clock)
    reopened.sync({source.id: 600.0 for source in config.sources}, {})
    storage = Storage(reopened)
    app = make_app(lambda: config, storage, BASE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        again = await client.get(FEED, headers={"accept-encoding": ""})
    storage.close()
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["last-modified"] == first.headers["last-modified"]


async def test_a_change_is_seen(ask: Client, filled: SqlStore, clock: Clock) -> None:
    """A corrected, withdrawn or new story would not reach those who asked before."""
    client = ask()
    seen = [await client.get(FEED)]

    async def after(**story: Any) -> list[str]:
        clock.go_on(minutes=5)
        title = story.pop("title", None)
        number = story.pop("number", 2)
        article = {"title": title} if title else {}
        commit(filled, [make_entry(number, story={"updated": clock(), **story}, **article)])
        answer = await client.get(FEED, headers={"if-none-match": seen[-1].headers["etag"]})
        seen.append(answer)
        return titles(answer)

    assert "Tin đã sửa" in await after(title="Tin đã sửa", revision=2)
    assert not any("2" in title for title in await after(removed=clock(), revision=2))
    assert (await after(number=4))[0] == "Làng 4 mở hội đua thuyền"
    assert len({answer.headers["etag"] for answer in seen}) == 4
    assert seen[-1].headers["last-modified"] == "Sat, 21 Nov 2026 10:15:00 GMT"


async def test_a_reload_is_seen(ask: Client, config: Config, filled: SqlStore) -> None:
    """A feed's new title or filter would not show until the daemon is restarted."""
    current = [config]
    storage = Storage(filled)
    app = make_app(lambda: current[0], storage, BASE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        assert len(titles(await client.get(FEED))) == 3
        stricter = TOML.replace('["quảng cáo"]', '["Làng 2"]').replace('"Truyền hình"', '"Tên mới"')
        current[0] = parse(stricter, Path("/x/bantin.toml"), {})
        answer = await client.get(FEED)
        assert titles(answer) == ["Làng 3 mở hội đua thuyền", "Làng 1 mở hội đua thuyền"]
        assert "Tên mới" in answer.text
    storage.close()


# -- which stories


async def test_filters_hold_even_where_matches_are_rare(ask: Client, filled: SqlStore) -> None:
    """A feed on a rare subject would be empty on a busy site."""
    rare = {"title": "Tin khác", "summary": None, "tags": (), "body_text": "", "content_html": ""}
    commit(filled, [make_entry(number, **rare) for number in range(100, 100 + 2 * PAGE + 5)])
    commit(filled, [make_entry(7, title="Hoãn đua thuyền"), make_entry(8, title="Quảng cáo đua thuyền")])
    commit(filled, [make_entry(5, title="Đua thuyền", url="https://other.example/5", source="other")], source="other")
    client = ask()
    assert titles(await client.get("/feeds/boats.atom")) == [
        "Đua thuyền", "Làng 3 mở hội đua thuyền", "Làng 2 mở hội đua thuyền",
    ]  # fmt: skip
    own = titles(await client.get(FEED))
    assert len(own) == 100
    assert "Hoãn đua thuyền" in own
    assert "Quảng cáo đua thuyền" not in own
    assert titles(await client.get("/feeds/other.atom")) == ["Đua thuyền"]


async def test_one_story_of_two_sources_is_one_entry(ask: Client, filled: SqlStore) -> None:
    """A composed feed would hold two entries with one id, and readers would show either."""
    commit(filled, [make_entry(3, source="other")], source="other")
    parsed = feedparser.parse((await ask().get("/feeds/boats.atom")).content)
    ids = [entry.id for entry in parsed.entries]
    assert len(ids) == len(set(ids)) == 3


async def test_a_source_that_was_never_polled(ask: Client) -> None:
    """Someone who subscribes at once would be told that the feed does not exist."""
    answer = await ask().get("/feeds/other.atom")
    assert titles(answer) == []


# -- what is not there


async def test_unknown_feed(ask: Client) -> None:
    """Someone who mistyped an address would not learn which feeds there are."""
    client = ask()
    for path in ("/feeds/nope.atom", "/feeds/nope/", "/feeds/nope", "/feeds/a.b.atom"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "there are: ttv, other, boats" in answer.text


async def test_unknown_format(ask: Client) -> None:
    """An address that only looks like a feed's would crash, or run some module of bantin."""
    client = ask()
    for name in ["xyz", "content", "opml", "__init__", "ATOM", "atöm", "a.b", "atom.", "x" * 5000]:
        answer = await client.get(f"/feeds/ttv.{name}")
        assert answer.status_code == 404


async def test_nothing_can_be_changed(ask: Client) -> None:
    """A form on another site could make bantin do something."""
    client = ask()
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        for path in ("/", FEED, "/feeds/ttv/", "/opml", "/healthz"):
            answer = await client.request(method, path)
            assert answer.status_code == 405, (method, path)
            assert "GET" in answer.headers["allow"]


async def test_odd_paths(ask: Client) -> None:
    """A scanner's requests would fill the log with tracebacks, or read files."""
    client = ask()
    for path in [
        "/feeds/../x",
        "/feeds/..%2fx",
        "/feeds/%2e%2e/%2e%2e/etc/passwd",
        "/feeds/%00.atom",
        "/feeds/%00/",
        "/%00",
        "/feeds//",
        "/feeds/.atom",
        "/feeds/ttv.",
        "/%ff%fe",
        "/feeds/%ff.atom",
        "/feeds/" + "a" * 20_000,
        "/feeds/" + "a/" * 5000,
        "/articles/x/",
        "/feeds/ttv.atom/",
        "/opml/",
        "/feeds/%0d%0aX: y",
        "/feeds/ttv%0d%0aset-cookie: a=b",
        "/metrics/x",
    ]:
        answer = await client.get(path)
        assert answer.status_code == 404, path[:80]
        assert "set-cookie" not in answer.headers


async def test_odd_queries(ask: Client) -> None:
    """A reader that adds parameters of its own would not get the feed."""
    client = ask()
    for query in ["?", "?x", "?token", "?token=", "?token=%00", "?token=%ff", "?" + "a=b&" * 5000, "?%%%", "?a[]=1"]:
        for path in ("/", FEED, "/feeds/ttv/", "/opml", "/healthz"):
            assert (await client.get(path + query)).status_code == 200


async def test_a_page_without_its_slash(ask: Client) -> None:
    """Someone behind another server, with https, would be sent to an address that bantin made up."""
    answer = await ask().get("/feeds/ttv")
    assert (answer.status_code, answer.headers["location"]) == (308, "ttv/")
    followed = await ask().get("/feeds/ttv", follow_redirects=True)
    assert followed.url == f"{BASE}feeds/ttv/"
    assert followed.status_code == 200


# -- token


async def test_token(ask: Client, tmp_path: Path) -> None:
    """Feeds that are to be private would be read by anyone, or not even by those who have the token."""
    private = configured(tmp_path, '[server]\ntoken = "s3/cr+et"\n' + TOML)
    client = ask(private)
    for path in ("/", FEED, "/feeds/boats.atom", "/feeds/ttv/", "/feeds/ttv", "/opml", "/nothing", "/healthz/"):
        for query, headers in [
            ("", {}), ("?token=", {}), ("?token=wrong", {}), ("?token=S3/CR%2BET", {}), ("?token=é", {}),
            ("", {"authorization": "Bearer wrong"}), ("", {"authorization": "Bearer"}),
            ("", {"authorization": "Basic s3/cr+et"}), ("", {"authorization": "s3/cr+et"}),
        ]:  # fmt: skip
            refused = await client.get(path + query, headers=headers)
            assert refused.status_code == 401, (path, query, headers)
            assert refused.headers["www-authenticate"] == "Bearer"
            assert "Truyền hình" not in refused.text
    for query, headers in [
        ("?token=s3/cr%2Bet", {}), ("", {"authorization": "Bearer s3/cr+et"}),
        ("", {"authorization": "bearer s3/cr+et"}), ("?token=mine", {"authorization": "Bearer s3/cr+et"}),
    ]:  # fmt: skip
        granted = await client.get(FEED + query, headers=headers)
        assert granted.status_code == 200
        assert granted.headers["cache-control"] == "private, max-age=60"
    for path in ("/healthz", "/readyz", "/style.css"):
        assert (await client.get(path)).status_code == 200
    assert (await client.post(FEED)).status_code == 401


async def test_the_token_goes_along_in_links(ask: Client, tmp_path: Path) -> None:
    """Someone who opened the page with a token would be refused at each of its links."""
    private = configured(tmp_path, '[server]\ntoken = "s3/cr+et&"\n' + TOML)
    client = ask(private)
    opml = await client.get("/opml?token=s3/cr%2Bet%26")
    assert f'xmlUrl="{BASE}feeds/ttv.atom?token=s3%2Fcr%2Bet%26"' in opml.text
    home = await client.get("/?token=s3/cr%2Bet%26")
    assert 'href="feeds/ttv.atom?token=s3%2Fcr%2Bet%26"' in home.text
    moved = await client.get("/feeds/ttv?token=s3/cr%2Bet%26", follow_redirects=True)
    assert moved.status_code == 200
    by_header = await client.get("/", headers={"authorization": "Bearer s3/cr+et&"})
    assert "s3" not in by_header.text
    assert "?token=" not in (await ask().get("/?token=abc")).text


# -- the rest


async def test_a_renamed_source(ask: Client, filled: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers of a source's feed would find nothing any more after it got another id."""
    asked: list[None] = []
    renamed = filled.renamed

    def count() -> dict[str, str]:
        asked.append(None)
        return renamed()

    monkeypatch.setattr(filled, "renamed", count)
    filled.rename_source("ttv", "tinh")
    text = '[server]\ntoken = "t"\n' + TOML.replace('"ttv"', '"tinh"')
    client = ask(configured(tmp_path, text))
    for path, target in (
        ("/feeds/ttv.atom", "tinh.atom"), ("/feeds/ttv/", "../tinh/"), ("/feeds/ttv", "tinh/"),
    ):  # fmt: skip
        moved = await client.get(f"{path}?token=t")
        assert (moved.status_code, moved.headers["location"]) == (308, f"{target}?token=t")
        assert moved.headers["cache-control"] == "private, max-age=60"
        assert (await client.get(f"{path}?token=t", follow_redirects=True)).status_code == 200
    by_header = await client.get("/feeds/ttv.atom", headers={"authorization": "Bearer t"})
    assert by_header.headers["location"] == "tinh.atom"
    assert (await client.get("/feeds/nope.atom?token=t")).status_code == 404
    assert len(asked) == 1


async def test_opml(ask: Client) -> None:
    """A reader could not import all feeds at once."""
    answer = await ask().get("/opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    for name in ("ttv", "other", "boats"):
        assert f'xmlUrl="{BASE}feeds/{name}.atom"' in answer.text


async def test_health(ask: Client) -> None:
    """A supervisor would restart a good daemon, or leave one be that stands still."""
    stalled = [False]
    client = ask(stalled=lambda: stalled[0])
    for path, said in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = await client.get(path)
        assert (answer.status_code, answer.text) == (200, said)
        assert (await client.head(path)).status_code == 200
    stalled[0] = True
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503


async def test_a_database_that_cannot_be_used(tmp_path: Path, config: Config) -> None:
    """A damaged database would end every request in a traceback, or look like an empty feed."""
    file = tmp_path / "broken.db"
    file.write_bytes(b"this is no database" * 1000)
    storage = Storage(SqlStore(f"sqlite:///{file}"))
    app = make_app(lambda: config, storage, BASE)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        for path in (FEED, "/", "/feeds/ttv/", "/readyz"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert "not an SQLite database" in answer.text
            assert str(tmp_path) not in answer.text
        assert (await client.get("/healthz")).status_code == 200
    storage.close()


async def test_many_at_once_get_the_same_bytes(ask: Client) -> None:
    """Readers that come all at the full hour would each have the feed rendered, or get different ones."""
    client = ask()
    answers = await asyncio.gather(*(client.get(FEED) for _ in range(40)))
    assert {answer.content for answer in answers} == {answers[0].content}


# -- the real server


def serving(listen_on: str, folder: Path, **server: str) -> Config:
    """The configuration with an address to listen on."""
    lines = "".join(f'{key} = "{value}"\n' for key, value in server.items())
    return configured(folder, f'[server]\nlisten = "{listen_on}"\n{lines}{TOML}')


async def test_over_a_socket(filled: SqlStore, tmp_path: Path) -> None:
    """The feeds would be good in tests and fail over a real connection."""
    storage = Storage(filled)
    async with WebServer(serving("127.0.0.1:0", tmp_path), storage, no_reader, lambda: False) as web:
        async with httpx.AsyncClient(base_url=web.address) as client:
            first = await client.get(FEED)
            assert len(titles(first)) == 3
            assert first.headers["content-encoding"] == "br"
            assert f'<{web.address}feeds/ttv.atom>; rel="self"' == first.headers["link"]
            assert "server" not in first.headers
            again = await client.get(FEED, headers={"if-none-match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            head = await client.head(FEED)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"] == first.headers["content-length"]
            assert (await client.post(FEED, content=b"x" * 100)).status_code == 405
        port = int(web.address.rstrip("/").rpartition(":")[2])
        for path in (b"/feeds/../../etc/passwd", b"/feeds/%00.atom", b"//", b"/style.css/..", b"/" + b"a" * 20_000):
            assert (await raw(port, b"GET " + path + b" HTTP/1.1\r\n")).startswith(b"HTTP/1.1 404"), path[:40]
        assert (await raw(port, b"\x16\x03\x01nonsense\r\n")).startswith(b"HTTP/1.1 400")
        zipped = await raw(port, b"GET " + FEED.encode() + b" HTTP/1.1\r\naccept-encoding: gzip\r\n")
        body = zipped.partition(b"\r\n\r\n")[2]
        assert gzip.decompress(body) == first.content
        assert body[4:8] == b"\0" * 4, "a strong ETag: no time of compression in the bytes (RFC 1952 section 2.3.1)"
    with pytest.raises(httpx.ConnectError):
        httpx.get(web.address)
    storage.close()


async def raw(port: int, request: bytes) -> bytes:
    """The answer to bytes that no well-behaved client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request + b"host: localhost\r\nconnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_over_a_unix_socket(filled: SqlStore, tmp_path: Path) -> None:
    """A server in front of bantin could not reach it, or a killed daemon's socket would keep the next from starting."""
    path = tmp_path / "http.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()  # as a killed daemon leaves it: the name is there, and nobody listens
    storage = Storage(filled)
    config = serving(f"unix:{path}", tmp_path)
    async with WebServer(config, storage, no_reader, lambda: False) as web:
        assert web.address == f"unix:{path}"
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get(FEED)
            assert len(titles(answer)) == 3
            assert 'http://localhost/feeds/ttv.atom>; rel="self"' in answer.headers["link"]
        with pytest.raises(OSError, match=r"cannot listen on unix:.*Address already in use"):
            WebServer(config, storage, no_reader, lambda: False)
    storage.close()


def test_where_it_cannot_listen(tmp_path: Path) -> None:
    """The operator would not be told which address is taken or wrong."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    cases = [
        (f"127.0.0.1:{port}", "Address already in use"),
        (f"unix:{tmp_path}/none/http.sock", "No such file"),
        (f"unix:/{'x' * 200}", "too long"),
    ]
    for address, said in cases:
        with pytest.raises(OSError, match=said) as caught:
            listen(address)
        assert str(caught.value.strerror).startswith(f"cannot listen on {address[:20]}")
    taken.close()


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """A mistyped address would delete a file."""
    file = tmp_path / "notes.txt"
    file.write_text("precious")
    with pytest.raises(OSError, match="cannot listen"):
        listen(f"unix:{file}")
    assert file.read_text() == "precious"


def test_base_url(tmp_path: Path) -> None:
    """Feeds behind another server would name an address that nobody reaches."""
    plain = serving("127.0.0.1:8711", tmp_path)
    public = serving("127.0.0.1:8711", tmp_path, public_url="https://feeds.example.org/news")
    assert base_url(plain, "http://127.0.0.1:8711/") == "http://127.0.0.1:8711/"
    assert base_url(plain, "unix:/run/x.sock") == "http://localhost/"
    assert base_url(public, "unix:/run/x.sock") == "https://feeds.example.org/news/"
