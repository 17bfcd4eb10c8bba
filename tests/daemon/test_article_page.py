"""The page of one story: as it is published, and how it came to be so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.handlers import COMPARED
from feeds.model import Entry, Image, LeftOut
from state.sql import SqlStore
from tests.daemon.test_pages import HOSTILE, TOML, page, texts
from tests.samples import NOON, commit, configured, make_entry

NAME = make_entry(1).story.entry_id.removeprefix("urn:uuid:")
PATH = f"/articles/{NAME}/"


def edited(revision: int, body: str, **story: object) -> Entry:
    """The first story's state at a revision."""
    facts = {"revision": revision, "updated": NOON + timedelta(hours=revision), **story}
    return make_entry(1, body_text=body, content_html=f"<p>{body}</p>", story=facts)


@pytest.fixture
async def client(store: SqlStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A story with three revisions."""
    config = configured(tmp_path, TOML)
    store.sync({source.id: 600.0 for source in config.sources}, {})
    for revision, body in ((1, "Hai mươi đội."), (2, "Ba mươi đội."), (3, "Ba mươi đội đua.\n\nHội vui.")):
        commit(store, [edited(revision, body)])
    storage = Storage(store)
    app = make_app(lambda: config, storage, "https://feeds.example.org/news/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://feeds.example.org/") as opened:
        yield opened
    storage.close()


async def test_the_story_and_its_revisions(client: httpx.AsyncClient) -> None:
    """Readers could not see what was changed after they had read it."""
    found = await page(client, PATH)
    assert texts(found, "h1") == ["Làng 1 mở hội đua thuyền"]
    assert texts(found, "title") == ["Làng 1 mở hội đua thuyền – bantin"]
    assert "Ba mươi đội đua. Hội vui." in texts(found, ".content")[0]
    assert [text.partition(",")[0] for text in texts(found, ".version h3")] == ["Version 3", "Version 2", "Version 1"]
    assert "updated 21 November 2026, 15:00 · 3 versions" in texts(found, ".story > .meta")[0]
    assert texts(found, "ins")[-1] == "Ba"
    assert texts(found, "del")[-1] == "Hai"
    assert "21 November 2026, 13:01" in texts(found, ".facts")[0]
    assert make_entry(1).story.entry_id in texts(found, ".facts")[0]
    assert found.css_first(".content").attributes["lang"] == "vi"


async def test_it_is_linked(client: httpx.AsyncClient) -> None:
    """Nobody would find the page."""
    for path in ("/", "/feeds/ttv/", "/feeds/boats/"):
        found = await page(client, path)
        [link, title] = sorted(found.css('a[href*="articles/"]:not([aria-hidden])'), key=lambda node: len(node.text()))
        assert title.text().strip() == "Làng 1 mở hội đua thuyền"
        assert link.text() == "3 versions"
        assert link.attributes["aria-label"] == "3 versions of Làng 1 mở hội đua thuyền"
        target = httpx.URL(f"http://feeds.example.org{path}").join(link.attributes["href"] or "")
        assert target.path == PATH
    moved = await client.get(PATH.rstrip("/"))
    assert (moved.status_code, moved.headers["location"]) == (308, f"{NAME}/")


async def test_what_was_left_out_is_shown(client: httpx.AsyncClient, store: SqlStore) -> None:
    """Nobody could see that a sentence is missing, nor why."""
    told = edited(4, "Ba mươi đội đua.")
    left = (LeftOut(text="Đăng ký nhận bản tin <mỗi sáng>."),)
    told = msgspec.structs.replace(told, article=msgspec.structs.replace(told.article, left_out=left))
    commit(store, [told])
    found = await page(client, PATH)
    assert "Đăng ký nhận bản tin <mỗi sáng>." in texts(found, "details.left")[0]
    assert "Đăng ký" not in texts(found, ".content")[0]
    assert not (await page(client, "/")).css("details.left")


async def test_links_and_headers(client: httpx.AsyncClient) -> None:
    """A link of the page would lead nowhere, or whoever opens it would run or tell something."""
    answer = await client.get(PATH)
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert (await client.get(PATH, headers={"if-none-match": answer.headers["etag"]})).status_code == 304
    found = LexborHTMLParser(answer.content)
    assert not found.css("script:not([src]), [style], [onclick]")
    assert len(found.css("h1")) == 1
    for node in found.css("link[href], a[href]"):
        href = node.attributes["href"] or ""
        if not href.startswith(("https://news.example/", "#")):
            assert not href.startswith(("/", "http"))
            assert (await client.get(httpx.URL(f"http://feeds.example.org{PATH}").join(href))).status_code == 200, href


async def test_pictures_come_from_bantin(client: httpx.AsyncClient, store: SqlStore) -> None:
    """Whoever opens the page would tell the site, or see a hole where the page's rules refuse a picture."""
    html = (
        '<p>Hội vui.</p><img src="https://news.example/anh/1.jpg?a=1&amp;b=2" alt="thuyền > bến">'
        '<img src="https://ads.example/x.jpg" alt="">'
    )
    images = (Image(url="https://news.example/bia.jpg"), Image(url="https://news.example/anh/1.jpg?a=1&b=2"))
    commit(store, [make_entry(1, content_html=html, images=images, story={"revision": 4})])
    [shown] = (await page(client, f"{PATH}?token=x")).css(".content img")
    assert shown.attributes["src"] == f"../../pictures/{NAME}/1"
    assert shown.attributes["alt"] == "thuyền > bến"
    commit(store, [make_entry(1, story={"revision": 5})])
    [lead] = (await page(client, PATH)).css(".content img")
    assert lead.attributes["src"] == f"../../pictures/{NAME}/0"


async def test_the_token_guards_it(store: SqlStore, client: httpx.AsyncClient, tmp_path: Path) -> None:
    """Anybody could read what is meant for those with the token, or those would be refused at its links."""
    private = configured(tmp_path, '[server]\ntoken = "t"\n' + TOML)
    storage = Storage(store)
    app = make_app(lambda: private, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as guarded:
        assert (await guarded.get(PATH)).status_code == 401
        found = LexborHTMLParser((await guarded.get(f"{PATH}?token=t")).content)
        own = [node.attributes["href"] or "" for node in found.css('a[href^="../"]')]
        own += [node.attributes["src"] or "" for node in found.css("img")]
        assert len(own) > 2
        assert all(href.endswith("?token=t") for href in own)


@pytest.mark.parametrize(
    "name", ["nope", "0" * 36, "00000000-0000-4000-8000-000000000000", f"{NAME}0", "%3Cscript%3E", f"urn:uuid:{NAME}"]
)
async def test_no_such_article(client: httpx.AsyncClient, name: str) -> None:
    """A mistyped address would end in an error of the server."""
    assert (await client.get(f"/articles/{name}/")).status_code == 404


async def test_withdrawn_and_noisy(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that its site withdrew would be unreadable, or would look as if it still stood there."""
    commit(store, [edited(3, "Ba mươi đội đua.", removed=NOON, noisy=True, warning="a date to come")])
    found = await page(client, PATH)
    assert [text.partition(" ")[0] for text in texts(found, ".bad")] == ["Withdrawn:", "This"]
    assert "Ba mươi đội đua." in texts(found, ".content")[0]
    assert "a date to come" in texts(found, ".meta")


async def test_partial_and_without_a_text(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that could not be read, or whose text was forgotten, would end in an error."""
    commit(store, [make_entry(5, source="new", story={"partial": True, "reason": "disallowed"})], source="new")
    name = make_entry(5).story.entry_id.removeprefix("urn:uuid:")
    found = await page(client, f"/articles/{name}/")
    assert "Trang nguồn yêu cầu không đọc tự động" in texts(found, ".content")[0]
    assert "from its teaser only (disallowed)" in texts(found, ".facts")[0]
    store.forget(NOON + timedelta(days=999))
    assert "Its text is kept no longer." in texts(await page(client, f"/articles/{name}/"), "main")[0]


async def test_of_two_sources(client: httpx.AsyncClient, store: SqlStore) -> None:
    """What the other source says of the same story would be hidden."""
    commit(store, [make_entry(1, source="new", title="Tên khác")], source="new")
    found = await page(client, PATH)
    assert texts(found, "h1") == ["Làng 1 mở hội đua thuyền"]
    assert texts(found, "h2")[2] == "Tên khác"
    assert len(found.css(".story")) == 2


async def test_what_the_rules_hide_stays_hidden(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A story that the operator excludes, or of a source that was taken out, could be read by its address."""
    commit(store, [edited(3, "Tin bí mật.")])
    assert (await client.get(PATH)).status_code == 404
    store.sync({"gone": 600.0}, {})
    commit(store, [make_entry(6, source="gone")], source="gone")
    name = make_entry(6).story.entry_id.removeprefix("urn:uuid:")
    assert (await client.get(f"/articles/{name}/")).status_code == 404


async def test_a_teaser_that_proved_to_be_another_story(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A link to what was published before its page could be read would lead nowhere."""
    merged = make_entry(7, story={"merged_into": make_entry(1).story.entry_id})
    commit(store, [merged])
    name = merged.story.entry_id.removeprefix("urn:uuid:")
    moved = await client.get(f"/articles/{name}/")
    assert (moved.status_code, moved.headers["location"]) == (308, f"../{NAME}/")


async def test_hostile_texts_are_only_shown(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A watched site could run its script on bantin's page by way of an edit."""
    bad = make_entry(
        1, title=HOSTILE, summary=HOSTILE, body_text=HOSTILE, authors=(HOSTILE,), language='vi"><script>',
        url="https://news.example/bai-1.htm?\"><script>", story={"revision": 4, "url": "https://news.example/bai-1.htm",
        "entry_id": f"urn:uuid:{NAME}", "reason": HOSTILE, "partial": True, "warning": HOSTILE},
    )  # fmt: skip
    commit(store, [bad])
    found = await page(client, PATH)
    assert not found.css("script:not([src]), [onerror]")
    assert found.css_first("h1").text() == HOSTILE


async def test_a_restless_story_stays_readable(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A page that changes all the time would make one of bantin's that costs seconds."""
    for number in range(4, 4 + 2 * COMPARED):
        commit(store, [edited(number, f"Đội thứ {number} về đích.")])
    found = await page(client, PATH)
    assert found.css_first("#versions").text().startswith(str(3 + 2 * COMPARED))
    assert len(found.css("h3")) == COMPARED
    assert len(found.css(".change")) == COMPARED
