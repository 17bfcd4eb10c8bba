"""The pages for those who run it: what changed, sources, signing in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser
from structlog.testing import capture_logs

import daemon.web.gate
from daemon.config import Config, Server
from daemon.demo.news import Newsroom
from daemon.demo.serve import serve
from daemon.demo.site import Site
from daemon.health import advice
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.pages.preview import Previews
from feeds.model import Check, Failure, Gap, Rhythm, Subscription, Tally, Watch
from state.sql import SqlStore
from tests.conftest import NOW, Clock
from tests.daemon.signing import signed_in
from tests.daemon.test_pages import page, texts
from tests.samples import commit, configured, make_entry
from tests.whole.crash import Inline

TOML = """
[[source]]
id = "ttv"
title = "Sông Vân"
urls = ["https://news.example/thoi-su.htm"]
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
exclude = ["bí mật"]
[[source]]
id = "new"
title = "New River"
urls = ["https://new.example/"]
timezone = "Asia/Ho_Chi_Minh"
[[source]]
id = "off"
urls = ["https://off.example/"]
timezone = "Asia/Ho_Chi_Minh"
enabled = false
"""


@pytest.fixture
def config(store: SqlStore, tmp_path: Path) -> Config:
    """Three sources, of which one is paused in the configuration."""
    config = configured(tmp_path, TOML)
    store.sync({source.id: 600.0 for source in config.sources if source.enabled}, {})
    return config


@pytest.fixture
async def client(store: SqlStore, config: Config) -> AsyncIterator[httpx.AsyncClient]:
    storage = Storage(store)
    app = make_app(lambda: config, storage, "http://bantin.test/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bantin.test/") as opened:
        yield opened
    storage.close()


def told(number: int, revision: int, text: str, hours: int = 0, title: str = "", **story: Any) -> Any:
    """A story as it was stored at its n-th revision."""
    facts = {"revision": revision, "updated": NOW + timedelta(hours=hours), **story}
    named = {"title": title} if title else {}
    return make_entry(number, body_text=text, story=facts, **named)


async def test_changes_are_read_as_sentences(client: httpx.AsyncClient, store: SqlStore) -> None:
    """A newsroom would not see what a competitor corrected, or have to puzzle it together from single words."""
    commit(store, [told(1, 1, "Three people were hurt. The fire began at noon.")])
    commit(store, [told(1, 2, "Four people were hurt. The fire began at noon.", hours=1)])
    commit(store, [told(2, 1, "Bí mật.", title="Tin bí mật"), told(3, 1, "Gone soon.")])
    commit(store, [told(2, 2, "Rất bí mật.", title="Tin bí mật", hours=1)])
    commit(store, [told(3, 1, "Gone soon.", removed=NOW + timedelta(hours=2))])
    found = await page(client, "/changes")
    assert texts(found, "nav.main a[aria-current]") == ["Changes"]
    assert texts(found, ".changed h3") == ["Làng 3 mở hội đua thuyền", "Làng 1 mở hội đua thuyền"]
    gone, edited = found.css(".changed")
    assert "Withdrawn" in texts(gone, ".meta")[0]
    assert texts(edited, ".was") == ["Was: Three people were hurt."]
    assert texts(edited, ".now") == ["Now: Four people were hurt."]
    assert [node.text().strip() for node in edited.css("del, ins")] == ["Three", "Four"]
    assert texts(await page(client, "/changes?kind=withdrawn"), ".changed h3") == ["Làng 3 mở hội đua thuyền"]
    assert texts(await page(client, "/changes?kind=edited"), ".changed h3") == ["Làng 1 mở hội đua thuyền"]
    assert texts(await page(client, "/changes?source=new"), ".empty")[0].startswith(
        "Nothing was edited or withdrawn. Each"
    )
    for odd in ("9" * 18 + "-1", "x", "-", "1-" + "9" * 30):
        assert (await client.get("/changes", params={"before": odd})).status_code == 200


async def test_changes_in_pages(client: httpx.AsyncClient, store: SqlStore) -> None:
    """What changed last week could not be reached, or a change at the border of two pages would be on neither."""
    numbers = range(1, 71)
    commit(store, [told(number, 1, f"Text {number}.") for number in numbers])
    commit(store, [told(number, 2, f"Words {number}.", hours=1) for number in numbers])
    path, titles = "/changes", []
    while path:
        found = await page(client, path)
        titles += texts(found, ".changed h3")
        further = found.css_first(".paging a.on")
        path = f"/changes{further.attributes['href']}" if further else ""
    assert titles == [f"Làng {number} mở hội đua thuyền" for number in reversed(numbers)]


async def test_any_two_versions_and_an_old_one_in_full(client: httpx.AsyncClient, store: SqlStore) -> None:
    """What a story said before its last three edits could not be quoted."""
    for revision, text in enumerate(("One boat.", "Two boats.", "Three boats and a dog."), 1):
        commit(
            store,
            [
                told(
                    1,
                    revision,
                    text,
                    hours=revision,
                )
            ],
        )
    name = make_entry(1).story.entry_id.removeprefix("urn:uuid:")
    found = await page(client, f"/articles/{name}/?from=1&to=3")
    between = found.css_first(".version")
    assert texts(between, "h3") == ["From version 1 to version 3"]
    assert texts(between, ".was") == ["Was: One boat."]
    assert texts(between, ".now") == ["Now: Three boats and a dog."]
    old = await page(client, f"/articles/{name}/?version=1")
    assert "This is version 1" in texts(old, ".note")[0]
    assert "This is version" not in texts(await page(client, f"/articles/{name}/"), "main")[0]
    for odd in ("version=9", "version=x", "version=²", f"version={'9' * 150}", "from=1&to=1", "from=7&to=1"):
        assert (await client.get(f"/articles/{name}/?{odd}")).status_code == 200


async def test_stories_can_be_chosen(client: httpx.AsyncClient, store: SqlStore) -> None:
    """An editor could not see one section's stories of yesterday."""
    day = timedelta(days=1)
    commit(store, [make_entry(1, section="Sport"), make_entry(2, section="Town", story={"first_seen": NOW + day})])
    commit(store, [make_entry(3, source="new", title="Of New River", body_text="Quite another story.")], source="new")
    for query, numbers in (
        ("", {1, 2, 3}), ("?source=ttv", {1, 2}), ("?section=Sport", {1}), ("?day=2026-11-22", {2}),
        ("?source=new&section=Sport", set()), ("?day=yesterday", {1, 2, 3}), ("?source=none", set()),
    ):  # fmt: skip
        found = await page(client, f"/{query}")
        addresses = {node.attributes["href"] for node in found.css(".more a:first-child")}
        assert {int("".join(filter(str.isdigit, address or ""))) for address in addresses} == numbers, query


async def test_a_section_that_is_rare(
    client: httpx.AsyncClient, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A section that had nothing for long would be said to be empty, though the page only stopped looking."""
    monkeypatch.setattr("daemon.web.feeds.assemble.MAX_SECTION", 30)
    monkeypatch.setattr("daemon.web.feeds.assemble.PAGE", 30)
    commit(store, [make_entry(n, section="Chess" if n in (1, 2) else "Town") for n in range(1, 91)])
    address, numbers, asked = "/?section=Chess", list[str](), 0
    while address:
        found, asked = await page(client, address), asked + 1
        numbers += [node.attributes["href"] or "" for node in found.css(".more a:first-child")]
        older = found.css_first("a[rel=next]")
        address = f"/{older.attributes['href']}".replace("/./", "/") if older else ""
    assert [int("".join(filter(str.isdigit, number))) for number in numbers] == [2, 1]
    assert asked > 2


async def test_a_source_by_itself(client: httpx.AsyncClient, store: SqlStore, clock: Clock) -> None:
    """An operator would have to read the log to see since when a source fails, why, and what to do."""
    commit(store, [make_entry(1)], last_poll=NOW, tally=Tally(new=1))
    failure = Failure(url="https://news.example/thoi-su.htm", cause="HTTP 403 Forbidden", at=clock())
    later = NOW + timedelta(minutes=5)
    commit(store, [], visible=False, failures=1, failure=failure, last_poll=later, failing_since=later)
    found = await page(client, "/sources/ttv/")
    assert texts(found, "h1") == ["Sông Vân"]
    told = texts(found, ".alarm")[0]
    assert "HTTP 403 Forbidden" in told
    assert "The site refuses bantin. Open https://news.example/thoi-su.htm in a browser" in told
    assert "since 21 November 2026, 17:05" in told
    assert [text.partition(" · ")[2] for text in texts(found, ".polls li")] == [
        "Failing: HTTP 403 Forbidden https://news.example/thoi-su.htm",
        "1 new story",
    ]
    assert 'name="do"' not in found.html  # type: ignore[operator]
    rows = texts(await page(client, "/sources"), ".row .who")
    assert rows == ["Sông Vân", "New River", "off"]
    assert texts(await page(client, "/sources?q=NEW+river"), ".row .who") == ["New River"]
    assert texts(await page(client, "/sources?q=zzz"), ".empty") == ["No source is called so."]
    assert (await client.get("/sources/none/")).status_code == 404
    moved = await client.get("/sources/ttv")
    assert (moved.status_code, moved.headers["location"]) == (308, "ttv/")


async def test_strangers_are_not_told_of_the_operators_hosts(store: SqlStore, config: Config, clock: Clock) -> None:
    """Whoever reads public pages would learn which inner addresses are refused; a feed's own page says what it says."""
    failure = Failure(url="https://news.example/", cause="10.1.2.3 is private", at=clock())
    commit(store, [], visible=False, failures=1, failure=failure, failing_since=NOW)
    for public in ("", "https://b.example/"):
        shown = msgspec.structs.replace(config, server=Server(public_url=public))
        app = make_app(lambda shown=shown: shown, Storage(store), "http://127.0.0.1:8711/")  # type: ignore[misc]
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
            for path in ("/", "/feeds/ttv/", "/changes", "/search?q=x"):
                assert ("10.1.2.3" in (await client.get(path)).text) == (path == "/feeds/ttv/"), path


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("HTTP 404 Not Found", "moved"), ("HTTP 403 Forbidden", "forbidden"), ("HTTP 503", "broken"),
        ("HTTP 429", "often"), ("no answer in time", "slow"), ("disallowed by robots.txt", "robots"),
        ("names 1 stories unlike all before", "login"), ("cannot resolve the name", "name"),
        ("certificate has expired", "certificate"), ("larger than 8 bytes", "other"),
    ],
)  # fmt: skip
def test_advice(cause: str, kind: str) -> None:
    """An operator would be told to change an address because a site is slow."""
    assert advice(Failure(url="https://x.example/", cause=cause, at=NOW)) == kind


async def test_a_source_is_polled_and_paused_on_its_page(store: SqlStore, config: Config) -> None:
    """An editor would have to wait for somebody with a shell to silence a source, or to have it read again."""
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    commit(store, [make_entry(1)], last_poll=NOW, due_at=NOW + timedelta(hours=1))
    (fresh,) = store.claim_polls("me", 5, 60)
    store.commit_quiet([msgspec.structs.replace(fresh.state, due_at=NOW + timedelta(hours=1))], "me")
    async with signed_in(store, config) as (client, change):
        assert "within seconds" in (await change("/sources/ttv/", "poll")).text
        assert [claim.state.id for claim in store.claim_polls("me", 5, 60)] == ["ttv"]
        assert "just now" in (await change("/sources/ttv/", "poll")).text
        assert "Paused" in (await change("/sources/ttv/", "pause")).text
        assert store.sources()[-1].paused is not None
        paused = LexborHTMLParser((await client.get("/sources/ttv/")).text)
        assert [node.attributes["value"] for node in paused.css('button[name="do"]')] == ["resume"]
        assert "polled again" in (await change("/sources/ttv/", "resume")).text
        assert store.sources()[-1].paused is None
        assert 'name="do"' not in (await client.get("/sources/off/")).text, "what the file pauses is resumed there"
        assert (await change("/sources/ttv/", "burn")).status_code == 400


async def test_whoever_signs_in_stays_so_for_a_day(
    store: SqlStore, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that was left somewhere would open the newsroom's controls for ever."""
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token", public_url="https://b.example/"))
    async with signed_in(store, config) as (client, _):
        set_cookie = (await client.post("/sign-in", data={"token": "the-token", "to": ""})).headers["set-cookie"]
        for part in ("HttpOnly", "SameSite=Strict", "Secure", "Max-Age=86400"):
            assert part in set_cookie
        assert "the-token" not in set_cookie
        value = set_cookie.partition("=")[2].partition(";")[0]
        there = {"cookie": f"bantin-admin={value}"}
        client.cookies.clear()
        assert "sign-out" in (await client.get("/", headers=there)).text
        assert (await client.get("/sources", headers=there)).status_code == 200
        assert (await client.get("/sources")).status_code == 404, "causes are not for everybody"
        now = daemon.web.gate.time.time()
        monkeypatch.setattr(daemon.web.gate.time, "time", lambda: now + 86_401)
        assert "sign-out" not in (await client.get("/", headers=there)).text
        monkeypatch.undo()
        assert "Max-Age=0" in (await client.post("/sign-out")).headers["set-cookie"]
        asked = await client.get("/sign-in", headers={"accept": "text/html"})
        assert '<input type="password"' in asked.text


async def test_guessing_is_slow_and_told(store: SqlStore, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand guesses a minute would find a token, or one who guesses would lock the editors out."""
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"))
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(daemon.web.gate.asyncio, "sleep", sleep)
    app = make_app(lambda: config, Storage(store), "http://127.0.0.1:8711/")

    async def guess(host: str, token: str) -> int:
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
            lies = {"x-forwarded-for": f"10.0.0.{len(waited) % 250}", "forwarded": "for=192.0.2.9"}
            return (await client.post("/sign-in", data={"token": token, "to": ""}, headers=lies)).status_code

    with capture_logs() as said:
        for number in range(100):
            assert await guess("2001:db8:1:2:7::5", f"guess {number}") == 401
        assert await guess("192.0.2.7", "the-token") == 303
    assert len(waited) == 100 - daemon.web.gate.FREE
    lines = [line for line in said if line["event"] == "wrong token"]
    assert [line["times"] for line in lines] == [1, 2, 4, 8, 16, 32, 64]
    assert await guess("2001:db8:1:2::9", "the-token") == 303
    assert len(waited) == 101 - daemon.web.gate.FREE, "another address of the same network waits as well, and gets in"


async def test_guessing_in_addresses_is_slow(store: SqlStore, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short token would be found in a night by ?token=, or a guesser's neighbours behind the proxy be locked out."""
    config = msgspec.structs.replace(config, server=Server(token="the-token"))
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(daemon.web.gate.asyncio, "sleep", sleep)
    app = make_app(lambda: config, Storage(store), "http://127.0.0.1:8711/")

    async def ask(token: str, through: str, *, header: bool = False, host: str = "127.0.0.1") -> int:
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8711") as client:
            headers = {"x-forwarded-for": through} | ({"authorization": f"Bearer {token}"} if header else {})
            query = {} if header else {"token": token}
            return (await client.get("/feeds/ttv.atom", params=query, headers=headers)).status_code

    for number in range(40):
        assert await ask(f"guess {number}", "10.0.0.7, 192.0.2.1", header=bool(number % 2)) == 401
    assert len(waited) == 40 - daemon.web.gate.FREE, "the proxy names the client last"
    assert await ask("the-token", "192.0.2.2") == 200
    assert len(waited) == 40 - daemon.web.gate.FREE, "a neighbour behind the proxy does not wait"
    for number in range(20):
        await ask("guess", f"10.0.1.{number}", host="198.51.100.3")
    assert len(waited) == 50 - daemon.web.gate.FREE, "who is no proxy of this machine names nobody"
    del waited[:]
    for number in range(daemon.web.gate.FREE_BEHIND):
        await ask("guess", f"2001:db8:{number:x}::1")
    assert len(waited) == 40, "a proxy that hands lies on"


async def test_search_engines_are_sent_to_the_sites(client: httpx.AsyncClient) -> None:
    """Other people's full texts would be found under bantin's name."""
    robots = (await client.get("/robots.txt")).text
    assert "Disallow: /articles/" in robots
    assert "Disallow: /feeds" not in robots
    assert (await client.get("/")).headers["x-robots-tag"] == "noindex"
    assert "navigator.clipboard" in (await client.get("/copy.js")).text


async def test_a_site_is_looked_at_before_it_is_watched(store: SqlStore, config: Config) -> None:
    """Who wants to watch a site would need a shell to see what would come of it; or anybody could have bantin ask."""
    local = msgspec.structs.replace(config.fetch, allow_networks=(ip_network("127.0.0.0/8"),), host_interval=0.0)
    config = msgspec.structs.replace(config, server=Server(admin_token="the-token"), fetch=local)
    newsroom = Newsroom(NOW, seed=3)
    reader = Inline()
    async with (
        serve(Site(newsroom).app) as site,
        signed_in(store, config, Previews(lambda: config, reader)) as (client, _),
    ):
        address = f"{site}thoi-su.htm"
        found = LexborHTMLParser((await client.get("/preview", params={"url": address})).text)
        assert texts(found, ".note code") == [f"bantin source add {address}"]
        assert "17 stories listed" in texts(found, "h2")
        assert newsroom.listed("thoi-su")[0].title in texts(found, ".plain li a")
        assert newsroom.listed("thoi-su")[0].paragraphs[0] in texts(found, ".change")[0]
        nowhere = LexborHTMLParser((await client.get("/preview", params={"url": f"{site}nowhere"})).text)
        assert "404" in texts(nowhere, ".alarm")[0]
        for odd in (
            "file:///etc/passwd",
            "http://169.254.169.254/latest",
            "javascript:alert(1)",
            "x" * 5000,
            "<b>",
            "",
        ):
            answer = await client.get("/preview", params={"url": odd})
            assert answer.status_code == 200
            assert not LexborHTMLParser(answer.text).css("main script, main b")
        client.cookies.clear()
        assert (await client.get("/preview", params={"url": address})).status_code == 403
    reader.close()


async def test_what_the_hub_of_a_source_does_for_it(client: httpx.AsyncClient, store: SqlStore, clock: Clock) -> None:
    """An editor could not see that a site's hub refuses, and that its stories come as late as those of others."""
    now = clock.now = datetime.now(UTC)  # pages go by the machine's clock
    commit(store, [make_entry(1)], last_poll=now)
    address = "https://news.example/thoi-su.htm"
    asked = Subscription(
        name="n", source_id="ttv", url=address, topic=address, hub="https://hub.example/", secret="s", base="b/",
        asked_at=now,
    )  # fmt: skip
    store.subscribe(asked)
    for change, words in (
        (lambda: None, "was asked to tell of new stories, and has not agreed yet."),
        (lambda: store.verified("n", now + timedelta(days=3)), "tells of new stories at once."),
        (lambda: store.heard([], {"n": 2}, 30.0), "at once. 2 posts with a wrong signature were refused."),
        (lambda: store.denied("n", now), "refused to tell of new stories; it is polled as any other."),
    ):
        change()
        found = await page(client, "/sources/ttv/")
        assert any(words in line and "https://hub.example/" in line for line in texts(found, "main ul.plain li"))


async def test_how_late_and_what_was_missed(client: httpx.AsyncClient, store: SqlStore, clock: Clock) -> None:
    """An editor could not see whether the alerts of a site are worth waiting for, or that some never came."""
    now = clock.now = datetime.now(UTC)  # pages go by the machine's clock
    late = [make_entry(n, story={"first_seen": now, "stated": now - timedelta(minutes=n)}) for n in range(1, 12)]
    gap = Gap(url="https://news.example/thoi-su.htm", why="the list names no older page", at=now, since=now, until=None)
    watch = Watch(gaps=(gap,), checks=(Check(now, 40, 30, 20),))
    commit(
        store,
        [*late, make_entry(12, story={"first_seen": now})],
        watch=watch,
        tally=Tally(new=12, caught_up=3),
        last_poll=now,
    )
    clock.go_on(minutes=1)
    found = await page(client, "/sources/ttv/")
    lists = texts(found, "main ul.plain li")
    assert "Found: half of them within 6 min of publication, 95 % within 10 min" in lists
    assert any("1 story does not count" in line for line in lists)
    assert any(
        line.startswith("Compared with the site’s other list: 40 found, 10 that only the other") for line in lists
    )
    assert any("By estimate, 10 more are on neither." in line for line in lists)
    assert any("the list names no older page" in line for line in lists)
    assert any("12 new stories, 3 of them on older pages" in line for line in lists)
    assert "When stories may have been missed" in texts(found, "h2")
    vietnamese = LexborHTMLParser((await client.get("/sources/ttv/", headers={"accept-language": "vi"})).text)
    assert "Những lúc có thể đã bỏ sót bài" in texts(vietnamese, "h2")
    assert "How late" not in (await client.get("/sources/new/")).text, "nothing is said of what nobody knows"


async def test_why_the_next_poll_is_then(store: SqlStore, config: Config) -> None:
    """An operator would take a rhythm for a fault, and an hour of silence for a dead source."""
    auto = tuple(msgspec.structs.replace(source, auto=True) for source in config.sources)
    config = msgspec.structs.replace(config, sources=auto)
    hours = tuple(30.0 if 17 <= hour < 19 else 1.0 for hour in range(24))
    rhythm = Rhythm(at=NOW, watched=400.0, hours=hours, days=(12.0,) * 7)
    commit(store, [], watch=Watch(rhythm=rhythm), due_at=NOW.replace(hour=10, minute=20))  # 17:20 in Hanoi
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(make_app(lambda: config, Storage(store), "http://bantin.test/")),
        base_url="http://bantin.test/",
    ) as client:
        said = texts(await page(client, "/sources/ttv/"), ".facts dd")
    assert any("usually 1 story between 17:00 and 18:00" in line for line in said)
