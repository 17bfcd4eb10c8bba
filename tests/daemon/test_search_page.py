"""The page that finds stories, feeds page by page, the chart, and feeds that are opened in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.chart import DAYS, HEIGHT, chart
from daemon.web.pages.language import LANGUAGES
from daemon.web.pages.render import ENTRIES, NAMED
from feeds.errors import StateError
from feeds.model import Failure, Image
from state.sql import SqlStore
from tests.conftest import NOW
from tests.daemon.test_pages import HOSTILE, TOML, client, page, texts
from tests.samples import commit, configured, make_entry

__all__ = ["client"]  # the fixture

NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html,*/*;q=0.8"}
READERS = {
    "feedly": {"user-agent": "Feedly/1.0", "accept": "application/rss+xml, application/rdf+xml;q=0.8, text/xml;q=0.4"},
    "freshrss": {"user-agent": "FreshRSS/1.24", "accept": "application/atom+xml, text/html;q=0.7, */*;q=0.1"},
    "newsboat": {"user-agent": "Newsboat/2.30"},
    "miniflux": {"user-agent": "Mozilla/5.0 (compatible; Miniflux/2.2)", "accept": "application/xml, */*;q=0.5"},
    "thunderbird": {"accept": "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors"},
    "browser-like": {"user-agent": "Mozilla/5.0 Chrome/130", "accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
}


@pytest.fixture
async def private(store: SqlStore, client: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The same stories, for those with the token."""
    config = configured(tmp_path, '[server]\ntoken = "s3&cret"\n' + TOML)
    storage = Storage(store)
    app = make_app(lambda: config, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as opened:
        yield opened


@pytest.mark.parametrize("question", ["dua thuyen", "ĐUA thuyền", "lang 1", "minh nguyet", "  hội   đua "])
async def test_stories_are_found(client: httpx.AsyncClient, question: str) -> None:
    """Somebody without a Vietnamese keyboard would not find the story that they remember."""
    found = await page(client, str(httpx.URL("/search", params={"q": question})))
    assert texts(found, ".title") == ["Làng 1 mở hội đua thuyền"]
    assert texts(found, "[role=status]") == ["1 story"]
    assert found.css_first("input[name=q]").attributes["value"] == " ".join(question.split())


async def test_nothing_is_found_and_nothing_asked(client: httpx.AsyncClient) -> None:
    """People would stand before an empty page, and not know what to do."""
    assert "No story has all these words." in texts(await page(client, "/search?q=zzz"), "main")[0]
    assert "without diacritics" in texts(await page(client, "/search?q=zzz"), "main")[0]
    for path in ("/search", "/search?q=", "/search?q=%20"):
        assert "Which words" in texts(await page(client, path), "main")[0]


async def test_what_the_rules_hide_is_not_found(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that the operator excludes, that was withdrawn, or of a source that was taken out would be found."""
    store.sync({"ttv": 600.0, "new": 600.0, "gone": 600.0}, {})
    commit(store, [make_entry(2, title="Tin bí mật"), make_entry(3, story={"removed": NOW})])
    commit(store, [make_entry(4, source="gone")], source="gone")
    commit(store, [make_entry(1, source="new")], source="new")
    assert texts(await page(client, "/search?q=lang"), ".title") == ["Làng 1 mở hội đua thuyền"]


async def test_much_is_found(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A common word would make a page that never ends."""
    commit(store, [make_entry(number) for number in range(2, 80)])
    found = await page(client, "/search?q=lang")
    assert len(found.css("article")) == ENTRIES
    assert texts(found, "[role=status]") == ["The 50 newest stories with these words"]
    assert "79" in texts(found, ".title")[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(max_size=300) | st.sampled_from(['"', "a* OR b", "NEAR(", "';--", HOSTILE, "x" * 9999, "{n}"]))
async def test_whatever_is_asked(client: httpx.AsyncClient, question: str) -> None:
    """An odd question would end in an error, or become part of the page or of the database's language."""
    encoded = question.encode("utf-8", "replace")
    answer = await client.get("/search", params={"q": encoded.decode()})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert len(answer.content) < 40_000


async def test_the_token_goes_along(private: httpx.AsyncClient) -> None:
    """Someone who opened the page with the token would be refused when they search, or see no pictures."""
    assert (await private.get("/search?q=lang")).status_code == 401
    found = await page(private, "/search?q=lang&token=s3%26cret&lang=vi")
    hidden = {node.attributes["name"]: node.attributes["value"] for node in found.css("input[type=hidden]")}
    assert hidden == {"token": "s3&cret", "lang": "vi", "q": "lang"}
    for node in found.css('a[href*="articles/"], img, .languages a, footer a'):
        assert "token=s3%26cret" in (node.attributes.get("href") or node.attributes.get("src") or "")


async def test_refused_as_a_page(private: httpx.AsyncClient) -> None:
    """People without the token would see a line for programs, or be told the token by the page's own links."""
    for query in ("", "?token=wrong", "?token="):
        answer = await private.get(f"/feeds/ttv/{query}", headers={"accept": "text/html", "accept-language": "vi"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "Cần mã truy cập" in answer.text
        assert "s3" not in answer.text
        assert "Truyền hình" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    by_header = await private.get("/?token=mine", headers={"authorization": "Bearer s3&cret"})
    assert "s3" not in by_header.text


@pytest.mark.parametrize("path", ["/nothing", "/feeds/none/", "/feeds/none.atom", "/articles/x/", "/a/b/c/d"])
async def test_missing_as_a_page_and_as_text(client: httpx.AsyncClient, path: str) -> None:
    """People would see a bare line, without a way on, and programs a page where they look for a reason."""
    plain = await client.get(path)
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    shown = await client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    for answer in (plain, shown):
        assert answer.status_code == 404
        assert answer.headers["vary"] == "Accept, Accept-Language"
    assert "There is nothing here" in shown.text
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    home = httpx.URL(f"http://bantin.test{path}").join(shown.text.split('class="button" href="')[1].split('"')[0])
    assert home.path == "/"


async def test_a_broken_database_as_a_page(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """People would be shown a blank page while the database is repaired."""

    def broken(*_: object, **__: object) -> None:
        raise StateError("x.db", "is <damaged>", "restore a backup")

    broken.__name__ = "search"
    monkeypatch.setattr(SqlStore, "search", broken)
    answer = await client.get("/search?q=a", headers={"accept": "text/html", "accept-language": "vi"})
    assert answer.status_code == 503
    assert "bantin không đọc được cơ sở dữ liệu" in answer.text
    assert "&lt;damaged&gt;; restore a backup" in answer.text
    assert (await client.get("/search?q=a")).text == "is <damaged>; restore a backup\n"


async def test_a_feed_page_by_page(client: httpx.AsyncClient, store: SqlStore) -> None:
    """Older stories could not be reached, or some would be skipped between two pages."""
    commit(store, [make_entry(number) for number in range(2, 2 * ENTRIES + 8)])
    told: list[str] = []
    path = "/feeds/boats/?lang=vi"
    for _ in range(5):
        found = await page(client, path)
        told += texts(found, ".title")
        older = found.css_first('a[rel="next"]')
        if older is None:
            break
        assert "lang=vi" in (older.attributes["href"] or "")
        path = str(httpx.URL(f"http://bantin.test{path}").join(older.attributes["href"] or "").raw_path.decode())
    assert len(told) == len(set(told)) == 2 * ENTRIES + 7
    assert found.css_first('a[rel="first"]') is not None
    for odd in ("x", "-1", "9" * 50, "", "²"):
        assert (await client.get("/feeds/boats/", params={"before": odd})).status_code == 200


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
async def test_a_feed_opened_in_a_browser(client: httpx.AsyncClient, form: str) -> None:
    """Who clicks on "subscribe" would see markup, or the browser would give the page to a reader in it."""
    answer = await client.get(f"/feeds/ttv.{form}", headers=NAVIGATION)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Sec-Fetch-Dest" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-store"
    assert f"https://feeds.example.org/news/feeds/ttv.{form}</code>" in answer.text
    assert "This address is for a feed reader" in answer.text
    assert 'href="../articles/' in answer.text
    assert (await client.get(f"/feeds/none.{form}", headers=NAVIGATION)).status_code == 404
    assert (await client.get("/feeds/ttv.nope", headers=NAVIGATION)).status_code == 404
    assert (await client.get(f"/feeds/ttv/archive/1.{form}", headers=NAVIGATION)).status_code == 404


@pytest.mark.parametrize("name", READERS)
async def test_readers_get_the_feed(client: httpx.AsyncClient, name: str) -> None:
    """A reader would be given a page, and tell its user that the feed is broken."""
    answer = await client.get("/feeds/ttv.atom", headers=READERS[name])
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.headers["vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    again = {**READERS[name], "if-none-match": answer.headers["etag"]}
    unchanged = await client.get("/feeds/ttv.atom", headers=again)
    assert (unchanged.status_code, unchanged.headers["vary"]) == (304, answer.headers["vary"])


@pytest.mark.parametrize("code", sorted(LANGUAGES))
async def test_hostile_stories_in_every_language(client: httpx.AsyncClient, store: SqlStore, code: str) -> None:
    """A watched site could break a page by way of a language's own sentences."""
    commit(store, [make_entry(2, title=HOSTILE + " {n} {0.x} %s", summary=HOSTILE, authors=(HOSTILE,), language='"><b',
                              images=(Image(url='https://news.example/a.jpg"><script>', alt=HOSTILE),),
                              story={"revision": 3, "partial": True, "reason": HOSTILE, "warning": HOSTILE})],
           )  # fmt: skip
    name = make_entry(2).story.entry_id.removeprefix("urn:uuid:")
    for path in ("/", "/feeds/ttv/", "/search?q=alert", f"/articles/{name}/"):
        found = await page(client, f"{path}{'&' if '?' in path else '?'}lang={code}")
        assert not found.css("script:not([src]), [onerror], main b")
        assert HOSTILE in "".join(node.text() for node in found.css("h1, h2, h3")), path
    odd = await client.get("/search", params={"q": HOSTILE, "lang": HOSTILE, "token": HOSTILE})
    assert "<script>" not in odd.text


async def test_many_failing_sources(store: SqlStore, tmp_path: Path) -> None:
    """A network that is down would fill the front page with names, or hide that it is down."""
    names = [f"s{number}" for number in range(NAMED + 2)]
    text = "".join(f'[[source]]\nid = "{name}"\nurls = ["https://{name}.example/"]\n' for name in names)
    config = configured(tmp_path, text)
    store.sync(dict.fromkeys(names, 600.0), {})
    for name in names:
        failure = Failure(url=f"https://{name}.example/", cause="timeout", at=NOW)
        commit(store, [], source=name, visible=False, failures=1, failure=failure)
    storage = Storage(store)
    app = make_app(lambda: config, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as opened:
        found = await page(opened, "/?lang=vi")
        rows = await page(opened, "/sources?lang=vi")
    assert texts(found, ".alarm") == ["Hiện không đọc được 7 nguồn: s0, s1, s2, s3, s4…"]
    assert texts(rows, ".cause") == ["Đang gặp lỗi: timeout"] * len(names)
    storage.close()


async def test_the_chart_in_words_and_bars(client: httpx.AsyncClient) -> None:
    """People who cannot see the chart would not be told what it shows."""
    shown = (await page(client, "/sources")).css("svg")[1]
    assert shown.attributes["role"] == "img"
    assert (shown.attributes["aria-label"] or "").startswith("Truyền hình <Sông & Vân>: Stories found a day, from ")


def test_bars() -> None:
    """A day would stand in another's place, or a bar outside of the picture."""
    today = date(2026, 11, 21)
    made = chart({today: 10, today - timedelta(days=1): 5, today - timedelta(days=DAYS): 99}, today, LANGUAGES["en"])
    assert made.total == 15
    assert made.text.endswith("from 8 November to 21 November: " + "0, " * 12 + "5, 10.")
    assert made.today == f"M130 {HEIGHT}v-{HEIGHT}h7v{HEIGHT}z"
    assert f"M120 {HEIGHT}v-{HEIGHT // 2}h7" in made.bars
    assert "v-1h7" in chart({}, today, LANGUAGES["vi"]).today


async def test_a_picture_that_cannot_be_had(client: httpx.AsyncClient) -> None:
    """A page would show a torn picture where the site has none any more, or a program take the stand-in for one."""
    name = make_entry(1).story.entry_id.removeprefix("urn:uuid:")
    shown = await client.get(f"/pictures/{name}/9", headers={"sec-fetch-dest": "image"})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/svg+xml")
    assert "no-cache" in shown.headers["cache-control"]
    assert (await client.get(f"/pictures/{name}/9")).status_code == 404
