"""Who may see what: names, tokens of the server and of a feed, signing in."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.types import Message

from daemon.config import Config
from daemon.storage import Storage
from daemon.web.app import make_app
from daemon.web.gate import COOKIE
from state.sql import SqlStore
from tests.daemon.commands import TOML
from tests.samples import configured

BASE = "https://feeds.example.org/news/"
_SERVER = 'token = "all&of-it?"\nadmin_token = "boss"'
PRIVATE = f"""{TOML.replace('token = "a&b"', _SERVER)}
[[feed]]
id = "gift"
sources = ["ttv"]
token = "for-you"
entries = 1
"""
ALL, ESCAPED = "all&of-it?", "all%26of-it%3F"
Open = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def opened(filled: SqlStore, tmp_path: Path) -> AsyncIterator[Open]:
    storage = Storage(filled)
    clients: list[httpx.AsyncClient] = []

    def client(config: Config | None = None, host: str = "localhost") -> httpx.AsyncClient:
        found = config or configured(tmp_path, PRIVATE)
        app = make_app(lambda: found, storage, BASE, fresh=30.0)
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}"))
        return clients[-1]

    yield client
    for one in clients:
        await one.aclose()
    storage.close()


def links(document: str) -> list[str]:
    """The addresses of this bantin in an Atom or RSS document."""
    tree = LexborHTMLParser(document.replace("atom:link", "link"))
    found = [link.attributes.get("href") or "" for link in tree.css("link")]
    return [href for href in found if href.startswith(BASE)]


@pytest.mark.parametrize("extension", ["atom", "rss", "json"])
async def test_documents_lead_where_their_reader_may_go(opened: Open, extension: str) -> None:
    """A reader with the token would be refused at each address that the feed names: itself, its page, its archives."""
    client = opened()
    for query, token in ((f"?token={ESCAPED}", ESCAPED), ("?token=for-you", "for-you")):
        found = await client.get(f"/feeds/gift.{extension}{query}")
        assert found.status_code == 200
        assert f'feeds/gift.{extension}?token={token}>; rel="self"' in found.headers["link"]
        if extension == "json":
            told = json.loads(found.text)
            assert (told["feed_url"], told["home_page_url"]) == (
                f"{BASE}feeds/gift.json?token={token}",
                f"{BASE}feeds/gift/?token={token}",
            )
        else:
            assert links(found.text)
            assert all(link.endswith(f"?token={token}") for link in links(found.text))
    by_header = await client.get(f"/feeds/gift.{extension}", headers={"authorization": f"Bearer {ALL}"})
    assert f"?token={ESCAPED}" in by_header.headers["link"]


async def test_archives_can_be_followed_with_a_feeds_token(opened: Open, filled: SqlStore) -> None:
    """Whoever was given a feed would have its newest entry only."""
    client = opened()
    first = await client.get("/feeds/gift.atom?token=for-you")
    archives = [link for link in links(first.text) if "/archive/" in link]
    assert archives
    assert (await client.get(archives[0].removeprefix(BASE.rstrip("/")))).status_code == 200


async def test_a_feeds_token_opens_that_feed_alone(opened: Open) -> None:
    """Whoever was given one feed could read all of them, and who reads what."""
    client = opened()
    for path in ("/feeds/gift.atom", "/feeds/gift.rss", "/feeds/gift/", "/feeds/gift", "/feeds/gift/archive/1.atom"):
        assert (await client.get(f"{path}?token=for-you")).status_code in (200, 308), path
    for path in (
        "/",
        "/feeds/ttv.atom",
        "/feeds/ttv/",
        "/opml",
        "/search?q=a",
        "/feeds/giftx.atom",
        "/feeds//gift.atom",
    ):
        joined = f"{path}{'&' if '?' in path else '?'}token=for-you"
        assert (await client.get(joined)).status_code == 401, path
    page = (await client.get("/feeds/gift/?token=for-you")).text
    assert ESCAPED not in page
    assert "pictures/" not in page
    assert 'role="search"' not in page


async def test_signing_in_with_a_form(opened: Open) -> None:
    """The token would stand in the address of every page, and so in histories and logs."""
    client = opened()
    refused = await client.get("/search?q=a&token=wrong", headers={"accept": "text/html"})
    assert refused.status_code == 401
    form = LexborHTMLParser(refused.text).css_first("form[method=post]")
    assert form is not None
    assert form.attributes["action"] == "sign-in"
    to = form.css_first("[name=to]")
    assert to is not None
    assert to.attributes["value"] == "/search?q=a"
    assert (await client.post("/sign-in", data={"token": "wrong"})).status_code == 401
    done = await client.post("/sign-in", data={"token": ALL, "to": "/search?q=a"})
    assert (done.status_code, done.headers["location"]) == (303, "./search?q=a")
    said = done.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert ALL not in said
    home = await client.get("/")
    assert home.status_code == 200
    assert f"feeds/ttv.atom?token={ESCAPED}" in home.text, "readers have no cookie"
    hrefs = [link.attributes["href"] or "" for link in LexborHTMLParser(home.text).css("a[href]")]
    assert not [href for href in hrefs if "token=" in href and ".atom" not in href and ".rss" not in href
                and ".json" not in href and "opml" not in href]  # fmt: skip
    stranger = opened()
    stranger.cookies.set(COOKIE, "0" * 48)
    assert (await stranger.get("/")).status_code == 401


async def test_a_cookie_that_is_quoted_without_end_is_not_unquoted(opened: Open) -> None:
    """Anybody could stand the daemon still with one header of 30 KB, token or not."""
    client = opened()
    costs = dict.fromkeys(('a="' + "\\1" * 15_000 + '"', "a=" + "x" * 30_000), 9.0)
    for cookie in [*costs] * 3:
        started = time.process_time()
        assert (await client.get("/", headers={"cookie": cookie})).status_code == 401
        costs[cookie] = min(costs[cookie], time.process_time() - started)
    quoted, plain = costs.values()
    assert quoted < 10 * plain


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("//evil.example/", "./evil.example/"),
        ("https://evil.example/", "./https%3A//evil.example/"),
        ("/\\evil.example", "./evil.example"),
        ("/a\r\nSet-Cookie: x=y", "./a%0D%0ASet-Cookie%3A%20x=y"),
        ("", "./"),
    ],
)
async def test_signing_in_leads_nowhere_else(opened: Open, to: str, location: str) -> None:
    """A link to the form could send whoever signs in to a page that looks the same."""
    done = await opened().post("/sign-in", data={"token": ALL, "to": to})
    assert (done.status_code, done.headers["location"]) == (303, location)


async def test_odd_forms(opened: Open) -> None:
    """A form of gigabytes would fill the memory, or an odd one end in an error of the server."""
    client = opened()
    assert (await client.post("/sign-in", content=b"token=" + b"x" * 20_000)).status_code == 413
    assert (await client.post("/sign-in", content=b"a&" * 4000)).status_code in (401, 400)
    assert (await client.post("/sign-in", content=b"\xff\xfe=%ff&token=%00")).status_code == 401
    assert (await client.get("/sign-in")).status_code == 401
    assert (await client.put("/sign-in")).status_code == 405


async def test_the_admin_token_opens_pages_too(opened: Open) -> None:
    """Whoever may change things could not look at them."""
    client = opened()
    assert (await client.get("/?token=boss")).status_code == 401, "it is tried where guessing is slow, and only there"
    assert (await client.get("/", headers={"authorization": "Bearer boss"})).status_code == 401
    entered = await client.post("/sign-in", data={"token": "boss", "to": ""})
    assert entered.status_code == 303
    assert "boss" not in str(entered.headers)
    shown = await client.get("/")
    assert (shown.status_code, "boss" in shown.text) == (200, False)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("localhost:8711", 200), ("LOCALHOST", 200), ("a.localhost", 200), ("127.0.0.1:99", 200),
        ("[::1]:8711", 200), ("192.168.1.7", 200), ("feeds.example.org", 200), ("evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("localhost.evil.example:8711", 421), ("x" * 5000, 421), ("\xe9", 421),
    ],
)  # fmt: skip
async def test_names_that_bantin_answers_to(opened: Open, tmp_path: Path, host: str, status: int) -> None:
    """A page on the web that gives itself this machine's address would read what a local bantin knows."""
    config = configured(tmp_path, TOML.replace('token = "a&b"', ""))
    client = opened(config)
    for path in ("/", "/feeds/ttv.atom", "/feeds/ttv.atom"):  # the second time from what was remembered
        asked = client.build_request("GET", path, headers={b"host": host.encode("latin-1")})
        assert (await client.send(asked)).status_code == status, path
    assert (await client.get("/healthz", headers={b"host": host.encode("latin-1")})).status_code == 200


async def test_names_can_be_given(opened: Open, tmp_path: Path) -> None:
    """A bantin behind a server that passes its own names on could not be reached."""
    given = TOML.replace('token = "a&b"', 'hosts = ["News.Example"]')
    config = configured(tmp_path, given)
    assert (await opened(config, "news.example").get("/")).status_code == 200
    assert (await opened(config, "feeds.example.org").get("/")).status_code == 421
    every = configured(tmp_path, given.replace("News.Example", "*"))
    assert (await opened(every, "any.example").get("/")).status_code == 200


async def test_what_one_host_header_was_told_nobody_else_gets(opened: Open, tmp_path: Path) -> None:
    """One request with a made-up name would write itself into the feed that everybody gets from then on."""
    config = configured(tmp_path, TOML.replace('token = "a&b"', 'hosts = ["*"]'))
    client = opened(config)
    odd = await client.get("/feeds/ttv.atom", headers={"host": 'evil.example/x>; rel="a",<b'})
    plain = await client.get("/feeds/ttv.atom")
    assert "evil" not in odd.headers["link"] + odd.text + plain.headers["link"] + plain.text


async def test_other_web_pages_may_read_what_everybody_may(opened: Open, tmp_path: Path) -> None:
    """Any page in the web could read a local bantin; or a reader in a browser could not read a public one."""
    local = configured(tmp_path, TOML.replace('token = "a&b"', ""))
    public = configured(tmp_path, TOML.replace('token = "a&b"', f'public_url = "{BASE}"'))
    header = "access-control-allow-origin"
    assert header not in (await opened(local).get("/feeds/ttv.atom")).headers
    assert (await opened(public).get("/feeds/ttv.atom")).headers[header] == "*"
    assert header not in (await opened().get(f"/feeds/ttv.atom?token={ESCAPED}")).headers


def test_an_address_is_taken_apart_in_one_pass(opened: Open) -> None:
    """Two names in one step of an address are tried in all ways: a request of 32 KB stood the daemon still for 8 s."""
    app = opened()._transport.app._app.app  # type: ignore[attr-defined]
    assert len(app.routes) > 8
    for route in app.routes:
        assert all(step.count("{") <= 1 for step in route.path.split("/")), route.path


@pytest.mark.parametrize("path", ["/feeds/" + "." * 30_000 + "/x", "/" + "a" * 2_000, "/feeds/" + "%2e" * 9_000])
async def test_no_address_is_that_long(opened: Open, path: str) -> None:
    """Whatever looks at an address would look at 32 KB of it, for anybody, before the token is asked for."""
    client = opened()
    assert (await client.get(path)).status_code == 404
    assert (await client.get(path[:100])).status_code == 401


@pytest.mark.parametrize("token", [ALL, ""])
async def test_half_a_form(filled: SqlStore, tmp_path: Path, token: str) -> None:
    """Anybody could fill the log with tracebacks, two thousand in five seconds, by hanging up in the middle."""
    config = configured(tmp_path, PRIVATE if token else TOML.replace('token = "a&b"', ""))
    storage = Storage(filled)
    app = make_app(lambda: config, storage, BASE, fresh=30.0)
    came = iter([{"type": "http.request", "body": b"tok", "more_body": True}, {"type": "http.disconnect"}])
    said: list[Message] = []

    async def receive() -> Message:
        return next(came)

    async def send(message: Message) -> None:
        said.append(message)

    head = [(b"host", b"localhost"), (b"content-length", b"9")]
    asked = {"type": "http", "method": "POST", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b""}
    try:
        await app({**asked, "root_path": "", "http_version": "1.1", "scheme": "http", "headers": head}, receive, send)
    finally:
        storage.close()
    assert said[0]["status"] == (400 if token else 404)
