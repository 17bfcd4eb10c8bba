"""The pages for people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from daemon.config import parse
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.language import ago, until
from daemon.web.pages.render import NEWEST
from feeds.model import Failure, Image
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.samples import commit, configured, make_entry

TOML = """
[[source]]
id = "ttv"
title = "Truyền hình <Sông & Vân>"
urls = ["https://news.example/thoi-su.htm"]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
exclude = ["bí mật"]
[[source]]
id = "new"
urls = ["https://new.example/"]
[[feed]]
id = "boats"
title = "Đua thuyền"
sources = ["ttv", "new"]
"""
PAGES = ["/", "/feeds/ttv/", "/feeds/", "/sources", "/sources/ttv/", "/changes", "/deliveries"]
HOSTILE = "</h2><script>alert(1)</script><img src=x onerror=alert(2)>\u202e"


@pytest.fixture
async def client(store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Two sources, one with a story, one never polled."""
    config = configured(tmp_path, TOML)
    store.sync({source.id: 600.0 for source in config.sources}, {})
    commit(store, [make_entry(1)])
    storage = Storage(store)
    app = make_app(lambda: config, storage, "https://feeds.example.org/news/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://feeds.example.org/") as opened:
        yield opened
    storage.close()


async def page(client: httpx.AsyncClient, path: str) -> LexborHTMLParser:
    """A page that was answered well."""
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return LexborHTMLParser(answer.content)


def texts(found: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    """What stands in these elements, on one line each."""
    return [" ".join(node.text().split()) for node in found.css(selector)]


async def test_stories(client: httpx.AsyncClient) -> None:
    """Nobody would see the news, or from where it is and when."""
    found = await page(client, "/")
    assert texts(found, "nav.main a") == ["Stories", "Changes", "Sources", "Deliveries", "Feeds"]
    assert texts(found, "nav.main a[aria-current]") == ["Stories"]
    assert texts(found, ".zone") == ["Times in Asia/Ho_Chi_Minh"]
    [story] = found.css("article")
    assert texts(story, "h2 a") == ["Làng 1 mở hội đua thuyền"]
    assert story.css_first(".more a").attributes["href"] == "https://news.example/bai-1.htm"
    assert texts(story, ".meta") == [
        "21 November 2026, 12:01 · Truyền hình <Sông & Vân> · Minh Nguyệt, Quốc Bảo",
        "Read it on the site",
    ]
    assert story.css_first("time").attributes["datetime"] == "2026-11-21T12:01+07:00"
    assert story.css_first("h2").attributes["lang"] == "vi"


async def test_feeds(client: httpx.AsyncClient) -> None:
    """Nobody would find what to subscribe to."""
    found = await page(client, "/feeds/")
    assert texts(found, ".card h2") == ["Truyền hình <Sông & Vân>", "new", "Đua thuyền"]
    assert "from Truyền hình <Sông & Vân>, new" in texts(found, ".card")[2]
    assert [node.attributes["href"] for node in found.css(".card .subscribe a")[:2]] == [
        "../feeds/ttv.atom",
        "../feeds/ttv.json",
    ]


async def test_a_failing_source_shows_why(client: httpx.AsyncClient, store: SqlStore, clock: Clock) -> None:
    """People would look at an old feed and not know that the site is down."""
    failure = Failure(url="https://news.example/thoi-su.htm?<b>", cause="status <503>", at=clock())
    commit(store, [], visible=False, failures=4, failure=failure, last_poll=NOW)
    found = await page(client, "/")
    assert texts(found, ".alarm") == ["One source cannot be read at present: Truyền hình <Sông & Vân>"]
    assert found.css_first(".alarm a").attributes["href"] == "sources"
    found = await page(client, "/sources")
    assert texts(found, ".alarm") == ["One of 2 sources cannot be read at present"]
    assert texts(found, ".row .cause") == ["Failing (4 times in a row): status <503>"]


async def test_a_feeds_page(client: httpx.AsyncClient) -> None:
    """Someone who follows a feed's link would not find its stories, or could not subscribe."""
    found = await page(client, "/feeds/boats/")
    assert texts(found, "h1") == ["Đua thuyền"]
    assert texts(found, "title") == ["Đua thuyền – bantin"]
    assert len(found.css("article")) == 1
    assert "Truyền hình" in texts(found, "article .meta")[0]
    own = await page(client, "/feeds/ttv/")
    assert "Truyền hình" not in texts(own, "article .meta")[0]
    empty = await page(client, "/feeds/new/")
    assert "No stories yet." in texts(empty, "main")[0]


@pytest.mark.parametrize(
    "path", ["/", "/feeds/ttv/", "/feeds/boats/", "/feeds/", "/sources", "/sources/ttv/", "/changes"]
)
async def test_autodiscovery_and_links(client: httpx.AsyncClient, path: str) -> None:
    """A reader that is given the page would not find the feed, or a link of the page would lead nowhere."""
    found = await page(client, path)
    alternates = found.css('link[rel="alternate"][type="application/atom+xml"]')
    names = [node.attributes["title"] for node in alternates]
    assert names == {
        "/": ["Truyền hình <Sông & Vân>", "new", "Đua thuyền"],
        "/feeds/ttv/": ["Truyền hình <Sông & Vân>"],
        "/feeds/": ["Truyền hình <Sông & Vân>", "new", "Đua thuyền"],
        "/feeds/boats/": ["Đua thuyền"],
        "/sources/ttv/": ["Truyền hình <Sông & Vân>"],
    }.get(path, [])
    for kind, label in (("application/rss+xml", "RSS"), ("application/feed+json", "JSON Feed")):
        others = found.css(f'link[rel="alternate"][type="{kind}"]')
        assert [node.attributes["title"] for node in others] == [f"{name} ({label})" for name in names]
    inner = [node.attributes["href"] or "" for node in found.css("link[href], a[href]")]
    inner = [href for href in inner if not href.startswith(("https://news.example/", "#"))]
    assert inner
    base = httpx.URL(f"http://feeds.example.org{path}")
    for href in inner:
        assert not href.startswith(("/", "http")), "links are relative: bantin may stand under a path of another server"
        assert (await client.get(base.join(href))).status_code == 200, href


@pytest.mark.parametrize("path", PAGES)
async def test_no_script_and_no_third_party(client: httpx.AsyncClient, path: str) -> None:
    """Whoever opens a page would run something, or tell somebody that they read it."""
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    for part in ("style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    found = LexborHTMLParser(answer.content)
    assert not found.css("iframe, object, embed, [style], [onclick], [onload], [onerror]")
    assert [node.text() for node in found.css("script")] == [""]
    assert (found.css_first("script").attributes["src"] or "").removeprefix("../").removeprefix("../") == "copy.js"
    assert answer.headers["x-robots-tag"] == "noindex"
    for image in found.css("img"):
        assert (image.attributes["src"] or "").startswith(("pictures/", "../../pictures/"))
    style = (await client.get("/style.css")).text
    assert "@import" not in style
    assert "url(" not in style


async def test_hostile_stories_are_only_shown(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A watched site could run its script on bantin's page, or break the page."""
    bad = make_entry(
        2,
        title=HOSTILE,
        summary=HOSTILE,
        authors=(HOSTILE,),
        language='vi"><script>',
        images=(Image(url='https://news.example/a.jpg"><script>', alt=HOSTILE),),
    )
    commit(store, [bad])
    for path in ("/", "/feeds/ttv/"):
        found = await page(client, path)
        assert not found.css("script:not([src]), [onerror]")
        story = found.css("article")[0]
        assert story.css_first(".title a").text() == HOSTILE
        assert (story.css_first("img").attributes["src"] or "").endswith(f"pictures/{bad.story.entry_id[9:]}/0")
        assert len(found.css("article")) == 2


async def test_what_is_filtered_out_is_on_no_page(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that the operator excludes would still be shown on the front page."""
    commit(store, [make_entry(2, title="Tin bí mật"), make_entry(3, story={"removed": NOW})])
    commit(store, [make_entry(1, source="new")], source="new")
    for path in ("/", "/feeds/ttv/", "/feeds/boats/"):
        assert texts(await page(client, path), ".title") == ["Làng 1 mở hội đua thuyền"]


@pytest.mark.parametrize(
    ("reason", "said"), [("failed", "Chưa đọc được toàn văn"), ("disallowed", "Trang nguồn yêu cầu không đọc tự động")]
)
async def test_a_partial_story_says_why(client: httpx.AsyncClient, store: SqlStore, reason: str, said: str) -> None:
    """Readers would wait for a text that the site does not want to be read."""
    commit(store, [make_entry(2, story={"partial": True, "reason": reason})])
    notices = [text for text in texts(await page(client, "/"), "article .meta") if text.startswith(said)]
    assert len(notices) == 1


async def test_a_story_without_a_date(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that was edited would jump to the time of its edit, or stand there without a time."""
    commit(store, [make_entry(2, published=None, story={"updated": NOW})])
    assert texts(await page(client, "/feeds/ttv/"), "time")[0] == "21 November 2026, 13:02"


async def test_a_busy_front_page_stays_short(client: httpx.AsyncClient, store: SqlStore) -> None:
    """The front page would grow with each story."""
    commit(store, [make_entry(number) for number in range(2, 60)])
    found = await page(client, "/")
    assert len(found.css("article")) == NEWEST
    assert "59" in texts(found, "article .title")[0]


async def test_a_bantin_without_sources(store: SqlStore, tmp_path: Path) -> None:
    """Someone who starts with an empty configuration would see an error instead of what to do."""
    config = parse("", tmp_path / "bantin.toml", {})
    app = make_app(lambda: config, Storage(store), "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as client:
        assert "No sources yet" in texts(await page(client, "/"), "main")[0]
        assert (await client.get("/opml")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/feeds/ttv/", "/feeds/", "/sources", "/sources/ttv/", "/changes", "/deliveries"]
)
async def test_pages_can_be_used_by_everybody(client: httpx.AsyncClient, path: str) -> None:
    """People with a screen reader, a keyboard or a phone would be lost on the page."""
    found = await page(client, path)
    assert found.css_first("html").attributes["lang"] == "en"
    assert "width=device-width" in (found.css_first('meta[name="viewport"]').attributes["content"] or "")
    assert len(found.css("h1")) == 1
    levels = [int(node.tag[1]) for node in found.css("h1, h2, h3, h4")]
    assert all(later - before <= 1 for before, later in zip([0, *levels], levels, strict=False))
    for image in found.css("img"):
        assert "alt" in image.attributes
        assert image.attributes["width"]
        assert image.attributes["height"]
    assert found.css_first(".skip").attributes["href"] == "#main"
    assert found.css_first("main#main")
    names = [node.attributes["aria-label"] for node in found.css("a[aria-label]")]
    assert len(set(names)) == len(names)


def test_colours_can_be_told_apart() -> None:
    """People with weak eyes could not read the page, by day or by night (WCAG 2.2, criterion 1.4.3)."""
    style = (Path(__file__).parents[2] / "daemon" / "web" / "pages" / "style.css").read_text()
    for scheme in re.findall(r":root \{([^}]*)\}", style):
        colours = dict(re.findall(r"--(\w+): (#\w+)", scheme))
        for paper in ("paper", "card"):
            for ink in ("ink", "soft", "link", "bad", "good"):
                assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG defines it."""

    def light(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("seconds", "past", "future"),
    [(0, "0 s ago", "now"), (59, "59 s ago", "in 59 s"), (60, "1 min ago", "in 1 min"), (3600, "1 h ago", "in 1 h"),
     (86_400 * 40, "40 d ago", "in 40 d"), (59.9, "1 min ago", "in 1 min"), (3599, "1 h ago", "in 1 h")],
)  # fmt: skip
def test_times_for_people(seconds: float, past: str, future: str) -> None:
    """People would read that the next poll was a minute ago, or see sixty seconds where a minute is meant."""
    by = timedelta(seconds=seconds)
    assert ago(NOW - by, NOW) == past
    assert until(NOW + by, NOW) == future
    assert until(NOW - timedelta(seconds=1), NOW) == "now"
    assert ago(None, NOW) == "never"
