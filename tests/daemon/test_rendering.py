"""Sites that scripts build, in a real Chromium: an invented one on loopback, in many forms, and hostile pages."""

# ruff: noqa: E501  # scripts of invented pages
from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import daemon.browser.browser
import daemon.reading.pages
from daemon.browser.browser import Browser
from daemon.config import Browser as How
from daemon.config import Fetch
from daemon.demo.serve import serve
from daemon.http.fetch import Fetcher
from daemon.polling.listings import Lists
from daemon.polling.preview import preview
from daemon.reading.pages import Pages
from daemon.reading.reader import Reader
from feeds.errors import BrowserError, BrowserMissingError
from feeds.model import Listing, Page, Source
from tests.daemon.names import Named, NameServer

ROOT = Path(__file__).parents[2]
CHROMIUM = next((name for name in ("chromium", "chromium-browser") if shutil.which(name)), "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is missing (apt-get install chromium)"),
]
NAMES = [
    "ferry",
    "tunnel",
    "library",
    "orchard",
    "lantern",
    "harvest",
    "bridge",
    "market",
    "school",
    "river",
    "mill",
    "fair",
]
STORIES = [
    {
        "slug": f"the-{name}-of-the-upper-valley-opens-again-{7000 + number}",
        "title": f"The {name} of the upper valley opens again",
        "time": f"2026-11-{20 - number:02}T08:00:00Z",
        "text": [
            f"Mayor Ana Kurt said on Monday that the {name} would be open before winter, in part {part} of her talk, "
            "and that nobody needed to worry about the cost, which the county carries for three years."
            for part in range(4)
        ],
    }
    for number, name in enumerate(NAMES)
]  # fmt: skip
LIST = """
const link = s => `<article><h2><a href="/news/${s.slug}">${s.title}</a></h2>
  <time datetime="${s.time}"></time></article>`;
"""
BANNER = "<div id='consent'><p>We value your privacy. We and our partners store cookies. Accept all cookies</p></div>"

# Each form of a front page: what stands in its body beside an empty root, and the script that fills it.
FORMS = {
    # As React does it: data first, then the whole root anew, twice.
    "react": LIST + """
      fetch("/api/stories.json").then(a => a.json()).then(all => {
        const root = document.getElementById("root");
        root.replaceChildren(); root.innerHTML = "<div class=spinner></div>";
        setTimeout(() => { root.innerHTML = "<main>" + all.map(link).join("") + "</main>"; }, 60);
      });""",
    # As Vue does it: a request of the older kind, and one element after the other.
    "vue": LIST + """
      const ask = new XMLHttpRequest(); ask.open("GET", "/api/stories.json");
      ask.onload = () => JSON.parse(ask.responseText).forEach((s, n) => setTimeout(() => {
        document.getElementById("root").insertAdjacentHTML("beforeend", link(s)); }, 40 * n));
      ask.send();""",
    # Plain: the stories stand in the script itself.
    "plain": LIST + "const all = atob('{stories}'); document.getElementById('root').innerHTML = JSON.parse(all).map(link).join('');",
    # The list goes on whenever its end comes into sight.
    "endless": LIST + """
      const root = document.getElementById("root"); let at = 0, busy = false;
      const more = () => { if (busy) return; busy = true;
        fetch("/api/stories.json?from=" + at).then(a => a.json()).then(all => {
          const tall = "<div style='height:900px'></div>";
          all.slice(at, at + 4).forEach(s => root.insertAdjacentHTML("beforeend", link(s) + tall));
          at += 4; busy = false; }); };
      more(); addEventListener("scroll", more);""",
    # The list goes on when a button is pressed.
    "button": LIST + """
      const root = document.getElementById("root"); let at = 0;
      const more = () => fetch("/api/stories.json?from=" + at).then(a => a.json()).then(all => {
        root.insertAdjacentHTML("beforeend", all.slice(at, at + 4).map(link).join("")); at += 4; });
      const button = document.createElement("button"); button.textContent = "Load more"; button.onclick = more;
      document.body.append(button); more();""",
    # A clock that never rests, and a banner that asks for consent.
    "clock": LIST + f"""
      document.body.insertAdjacentHTML("afterbegin", `{BANNER}<b id=clock></b>`);
      setInterval(() => {{ document.getElementById("clock").innerHTML = "<i>" + Date.now() + "</i>"; }}, 20);
      fetch("/api/stories.json").then(a => a.json()).then(all => {{
        document.getElementById("root").innerHTML = all.map(link).join(""); }});""",
    # A wall: nothing but a request to sign in, whatever one does.
    "wall": "document.getElementById('root').innerHTML = '<h1>Sign in to read</h1><p>Already a subscriber? Log in.</p>';",
}  # fmt: skip

# Pages that hurt, or try to reach what is not theirs: {away} is a server that must never be asked.
HOSTILE = {
    "loops": "while (true) {{}}",
    "alerts": "for (;;) alert('!')",
    "windows": "for (let n = 0; n < 50; n++) {{ window.open('{away}window' + n); const a = document.createElement('a'); "
               "a.href = '{away}link' + n; a.target = '_blank'; a.click(); }}",
    "leads by script": "location.href = '{away}script'",
    "leads by meta": "document.head.insertAdjacentHTML('beforeend', "
                     "'<meta http-equiv=refresh content=\"0;url={away}meta\">')",
    "fetches": "fetch('{away}fetch', {{mode: 'no-cors'}}); "
               "fetch('{away}post', {{method: 'POST', mode: 'no-cors', body: 'x'}})",
    "is redirected": "fetch('/leads-away'); fetch('/leads-away?again', {{mode: 'no-cors'}})",
    "sockets": "new WebSocket('{socket}'); new EventSource('{away}events'); "
               "navigator.sendBeacon('{away}beacon', 'x')",
    "frames": "document.body.innerHTML = '<iframe src=\"{away}frame\"></iframe>"
              "<img src=\"{away}picture\"><embed src=\"{away}embed\">'",
    "workers": "new Worker(URL.createObjectURL(new Blob([\"fetch('{away}worker')\"]))); "
               "navigator.serviceWorker?.register('/sw.js')",
    "files": "fetch('file:///etc/passwd'); location = 'file:///etc/passwd'; location = 'data:text/html,<p>x'",
    "calls": "const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{udp}'}}]}}); p.createDataChannel('x'); "
             "p.createOffer().then(o => p.setLocalDescription(o));",
    "calls from a frame": "const f = document.createElement('iframe'); document.body.append(f); const R = f.contentWindow"
             ".RTCPeerConnection; const p = new R({{iceServers: [{{urls: 'stun:{udp}'}}]}}); p.createDataChannel('x'); "
             "p.createOffer().then(o => p.setLocalDescription(o));",
    "downloads": "const a = document.createElement('a'); a.href = '{away}file'; a.download = 'x'; a.click()",
    "grows": "const all = []; while (all.length < 20) all.push(new Uint8Array(2e8).fill(1)); while (true) {{}}",
    "is large": "document.body.innerHTML = '<p>' + 'x'.repeat(6e7) + '</p>'",
    "leads on for ever": "location.href = '/hostile/leads on for ever?' + Math.random()",
}  # fmt: skip


class Town:
    """The site, the server that must never be asked, and what both were asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.away: list[str] = []
        self.site = self.other = self.socket = self.udp = ""
        self.stories, self.closes = STORIES, False

    async def answer(self, request: Request) -> Response:
        """What the site sends."""
        path = request.url.path
        self.asked[path] += 1
        if path == "/robots.txt":
            return Response(status_code=404)
        if path.startswith("/api/stories.json"):
            return JSONResponse(self.stories)
        if path.startswith("/api/story/"):
            return JSONResponse(next(story for story in self.stories if story["slug"] == path.rpartition("/")[2]))
        if path.startswith("/static/"):
            script = self._script(path.removeprefix("/static/").removesuffix(".js"))
            headers = {"cache-control": "max-age=600"} | ({"connection": "close"} if self.closes else {})
            return Response(script, media_type="text/javascript", headers=headers)
        if path == "/feed.xml":
            item = "<item><title>The ferry opens again</title><link>/news/ferry-7000</link></item>"
            return Response(
                f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>", media_type="application/rss+xml"
            )
        if path == "/leads-away":
            return Response(status_code=302, headers={"location": f"{self.other}redirected"})
        form = path.strip("/")
        if form in FORMS or form.startswith(("news/", "hostile/")):
            return Response(self.shell("story" if form.startswith("news/") else form), media_type="text/html")
        return Response(status_code=404)

    def shell(self, form: str) -> bytes:
        name = form.replace(" ", "%20")
        return (
            "<!DOCTYPE html><html lang=en><head><title>Upper Valley News</title>"
            f'<link rel=stylesheet href="/style.css">'
            f'<script src="/static/{name}.js" defer></script></head>'
            '<body><noscript>Please enable JavaScript.</noscript><div id="root"></div><img src="/logo.png">'
            "</body></html>"
        ).encode()

    def _script(self, form: str) -> str:
        from base64 import b64encode

        if form == "story":
            return """const slug = location.pathname.split("/").pop();
              fetch("/api/story/" + slug).then(a => a.json()).then(s => { document.title = s.title;
                document.getElementById("root").innerHTML = `<article><h1>${s.title}</h1>`
                  + `<time datetime="${s.time}"></time>` + s.text.map(t => `<p>${t}</p>`).join("") + "</article>"; });"""
        if form.startswith("hostile/"):
            script = HOSTILE[form.removeprefix("hostile/")]
            return script.format(away=self.other, socket=self.socket, udp=self.udp)
        return FORMS[form].replace("{stories}", b64encode(json.dumps(self.stories).encode()).decode())


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """The invented site, with a server beside it that nobody may ask, and a port of UDP."""
    town = Town()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        town.away.append((await reader.readline()).decode("latin-1"))
        writer.close()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.3", 0))
        udp.setblocking(False)
        away = await asyncio.start_server(never, "127.0.0.3", 0)
        port = away.sockets[0].getsockname()[1]
        town.other, town.socket = f"http://127.0.0.3:{port}/", f"ws://127.0.0.3:{port}/socket"
        town.udp = f"127.0.0.3:{udp.getsockname()[1]}"
        async with serve(Starlette(routes=[Route("/{path:path}", town.answer)])) as town.site:
            yield town
        away.close()
        with pytest.raises(BlockingIOError):
            udp.recv(100)


@pytest.fixture
def reader() -> AsyncIterator[Reader]:
    """Reads pages in one worker."""
    reader = Reader(workers=1)
    yield reader
    reader.close()


@pytest.fixture
async def pages(reader: Reader) -> AsyncIterator[Pages]:
    """Pages with a browser. Only this machine's first address may be asked: that of the server beside it is refused."""
    fetch = Fetch(user_agent="bantin/test", host_interval=0, allow_networks=(ip_network("127.0.0.1/32"),))
    fetcher = Fetcher(fetch, reader)
    browser = Browser(How(command=CHROMIUM, sandbox=False, timeout=20), fetcher)
    yield Pages(fetcher, browser)
    await browser.close()
    await fetcher.close()


def source(url: str, **more: object) -> Source:
    return Source(id="town", title="Town", urls=(url,), **more)  # type: ignore[arg-type]


async def listed(pages: Pages, reader: Reader, url: str, before: Listing | None = None, **more: object) -> Listing:
    state = before.state if before is not None else None
    return await Lists(pages, reader, source(url, **more), datetime.now(UTC)).read(url, state)


@pytest.mark.parametrize("form", ["react", "vue", "plain", "clock", "endless", "button"])
async def test_lists_that_scripts_build(town: Town, pages: Pages, reader: Reader, form: str) -> None:
    """Who follows such a site would get no story, or half of a list that was still being built."""
    found = await listed(pages, reader, f"{town.site}{form}")
    assert found.failure is None, found.failure
    first = STORIES if form not in ("endless", "button") else STORIES[:4]
    assert [teaser.title for teaser in found.teasers or ()][: len(first)] == [story["title"] for story in first]
    assert not town.asked["/logo.png"] and not town.asked["/style.css"]


async def test_an_unchanged_list_spares_the_browser(town: Town, pages: Pages, reader: Reader) -> None:
    """Each poll would cost a second of a core; or a list whose data changed would be taken for unchanged."""
    assert pages.browser is not None
    url = f"{town.site}react"
    before = await listed(pages, reader, url)
    again = await listed(pages, reader, url, before)
    assert (again.teasers, again.failure, pages.browser.visits) == (None, None, 1)
    town.stories = [dict(STORIES[0], slug="the-new-story-of-the-day-8000", title="The new story of the day"), *STORIES]
    changed = await listed(pages, reader, url, before)
    assert next(teaser.title for teaser in changed.teasers or ()) == "The new story of the day"
    assert pages.browser.visits == 2
    assert town.asked["/static/react.js"] == 1  # it stays fresh for ten minutes


async def test_a_story_that_scripts_build(town: Town, pages: Pages, reader: Reader) -> None:
    """Its alert would hold a headline and no text."""
    shown, _ = await preview(pages, reader, source(f"{town.site}vue"), datetime.now(UTC))
    assert shown.article is not None, shown.fault
    assert shown.article.title == STORIES[0]["title"]
    assert shown.article.body_text == "\n\n".join(STORIES[0]["text"])
    assert shown.article.published == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("form", ["endless", "button"])
async def test_a_list_that_goes_on_when_asked(town: Town, pages: Pages, reader: Reader, form: str) -> None:
    """What was published while bantin was off would be lost on sites without pages."""
    page = await pages.fetch(source(f"{town.site}{form}", render="always"), f"{town.site}{form}")
    assert page is not None
    longer = await pages.more(page, source(f"{town.site}{form}"), 5)
    assert longer is not None
    teasers = await reader.teasers(longer, "listing", None, datetime.now(UTC))
    assert [teaser.title for teaser in teasers] == [story["title"] for story in STORIES]


async def test_a_wall_is_tried_once(town: Town, pages: Pages, reader: Reader) -> None:
    """A site that shows nothing to anybody would cost a browser at each poll."""
    assert pages.browser is not None
    for _ in range(3):
        found = await listed(pages, reader, f"{town.site}wall")
        assert found.failure is not None
    assert pages.browser.visits <= 2  # the second with other publishers' scripts


async def test_no_browser_and_none_wanted(town: Town, pages: Pages, reader: Reader) -> None:
    """An operator would not learn what a site lacks, or a browser start that was forbidden."""
    without = Pages(pages.fetcher, None)
    found = await listed(without, reader, f"{town.site}react")
    assert found.failure is not None
    assert "no browser is configured" in found.failure.cause
    refused = await listed(pages, reader, f"{town.site}react", render="no")
    assert refused.failure is not None
    assert pages.browser is not None
    assert pages.browser.visits == 0
    missing = Pages(pages.fetcher, Browser(How(command="no-such-browser"), pages.fetcher))
    with pytest.raises(BrowserMissingError, match="apt-get install chromium"):
        await missing.fetch(source(f"{town.site}react", render="always"), f"{town.site}react")


@pytest.mark.parametrize("name", HOSTILE)
async def test_pages_that_are_made_to_hurt(town: Town, pages: Pages, reader: Reader, name: str) -> None:
    """A page could reach into the operator's network, stop the reading of all others, or eat the machine."""
    assert pages.browser is not None
    endless = ("loops", "alerts", "grows", "is large", "leads on for ever")
    pages.browser._how = How(command=CHROMIUM, sandbox=False, timeout=4 if name in endless else 20)
    page = Page(url=f"{town.site}hostile/{name.replace(' ', '%20')}", body=town.shell(f"hostile/{name}"))
    try:
        await pages.browser.render(page, others=True)
    except BrowserError as error:
        assert name in endless, error
    else:
        assert name not in ("loops", "grows", "is large")
    assert town.away == []
    if name in ("leads by script", "leads by meta", "fetches", "is redirected", "sockets", "frames", "workers"):
        counted = set(pages.browser.refused) - {"past the interception"}  # Chromium's own calls are among those
        assert counted, "what was refused is counted"
    good = await listed(pages, reader, f"{town.site}react")
    assert good.failure is None, good.failure


async def test_a_name_that_turns_to_the_inside(town: Town, named: Named, reader: Reader) -> None:
    """A page could ask for its own address once more, after its owner had turned the name to the operator's network."""
    port = town.site.rstrip("/").rpartition(":")[2]
    inside: list[bytes] = []

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.3", int(port))
    town.closes = True  # a connection that is kept is to where it was
    names = NameServer("127.0.0.1", *["127.0.0.3"] * 50)  # the script is the site's, and nothing after it
    named(names)
    fetch = Fetch(user_agent="bantin/test", host_interval=0, allow_networks=(ip_network("127.0.0.1/32"),))
    fetcher = Fetcher(fetch, reader)
    browser = Browser(How(command=CHROMIUM, sandbox=False, timeout=20), fetcher)
    try:
        found = await browser.render(Page(url=f"http://turning.example:{port}/react", body=town.shell("react")))
        assert names.asked > 1, "it was asked for again"
        assert town.asked["/static/react.js"] == 1
        assert (inside, found.data.get(f"http://turning.example:{port}/api/stories.json", "")) == ([], "")
        assert browser.refused["refused"] == 1
    finally:
        await browser.close()
        await fetcher.close()
        server.close()


async def test_how_to_is_walked_to_a_feed(town: Town, tmp_path: Path) -> None:
    """Who follows the how-to to its end would have a configuration, and no story."""
    (part,) = re.findall(
        r"```toml\n(\[browser\]\ncommand.*?)```", (ROOT / "docs/how-to/scripts.md").read_text("utf-8"), re.S
    )
    here = part.replace("https://news.example.org/", f"{town.site}react").replace(
        'command = "chromium"', f'command = "{CHROMIUM}"\nsandbox = false'
    )
    (tmp_path / "bantin.toml").write_text(
        f'[fetch]\nallow_networks = ["127.0.0.1/32"]\nhost_interval = "0s"\n{here}', "utf-8"
    )

    async def bantin(*words: str) -> str:
        told = [sys.executable, "-m", "daemon", *words, "--config", str(tmp_path / "bantin.toml")]
        made = await asyncio.create_subprocess_exec(
            *told, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said = (await made.communicate())[0].decode()
        assert made.returncode == 0, said
        return said

    await bantin("poll")
    stored = json.loads(await bantin("articles", "--json"))
    assert [row["article"]["title"] for row in stored] == [story["title"] for story in STORIES]
    assert all(
        row["article"]["body_text"] == "\n\n".join(story["text"]) for row, story in zip(stored, STORIES, strict=True)
    )


async def test_a_browser_that_runs_elsewhere(town: Town, pages: Pages, reader: Reader, tmp_path: Path) -> None:
    """The service, which may not run a browser itself, would read no page of scripts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        f"--remote-debugging-port={port}",
        f"--user-data-dir={tmp_path}",
        "--disable-gpu",
    ]
    running = await asyncio.create_subprocess_exec(
        *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    elsewhere = Browser(How(url=f"ws://127.0.0.1:{port}", timeout=20), pages.fetcher)
    try:
        for _ in range(100):
            try:
                assert await elsewhere.version()
                break
            except BrowserMissingError:
                elsewhere._fault = None
                await asyncio.sleep(0.2)
        for form in ("react", "vue"):
            found = await listed(Pages(pages.fetcher, elsewhere), reader, f"{town.site}{form}")
            assert found.failure is None, found.failure
            assert len(found.teasers or ()) == len(STORIES)
        away = Page(url=f"{town.site}hostile/fetches", body=town.shell("hostile/fetches"))
        await elsewhere.render(away, others=True)
        assert town.away == []
    finally:
        await elsewhere.close()
        running.kill()
        await running.wait()


async def test_a_browser_is_started_anew(
    town: Town, pages: Pages, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What leaks in a browser would fill the machine in some weeks; or one that was killed be asked for ever."""
    browser = pages.browser
    assert browser is not None
    monkeypatch.setattr(daemon.browser.browser, "PAGES", 2)
    page = Page(url=f"{town.site}react", body=town.shell("react"))
    for _ in range(3):
        await browser.render(page)
    assert browser.starts == 2
    assert browser._running is not None
    await asyncio.to_thread(browser._running.kill)
    with suppress(BrowserError):  # the one that finds it gone, if it does
        await browser.render(page)
    assert "upper valley" in (await browser.render(page)).html


async def test_an_idle_browser_is_ended(town: Town, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a gigabyte would be taken all night for a site that was looked at in the evening."""
    browser = pages.browser
    assert browser is not None
    monkeypatch.setattr(daemon.browser.browser, "IDLE", 0.1)
    page = Page(url=f"{town.site}react", body=town.shell("react"))
    await browser.render(page)
    await asyncio.sleep(0.5)
    assert browser._running is None
    await browser.render(page)
    assert browser.starts == 2


async def test_pages_that_are_given_up_leave_their_places(town: Town, pages: Pages) -> None:
    """After some polls that were broken off no page would be shown any more."""
    browser = pages.browser
    assert browser is not None
    hanging = Page(url=f"{town.site}hostile/loops", body=town.shell("hostile/loops"))
    for _ in range(2):
        tasks = [asyncio.create_task(browser.render(hanging)) for _ in range(2)]
        await asyncio.sleep(1.5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    shown = await browser.render(Page(url=f"{town.site}react", body=town.shell("react")))
    assert "upper valley" in shown.html


async def test_a_list_in_its_script_is_seen_to_change(town: Town, pages: Pages, reader: Reader) -> None:
    """A site that keeps its stories in a script would have no new one, ever."""
    url = f"{town.site}plain"
    before = await listed(pages, reader, url)
    assert (await listed(pages, reader, url, before)).teasers is None
    town.stories = [dict(STORIES[0], slug="the-new-story-of-the-day-8000", title="The new story of the day"), *STORIES]
    assert pages.browser is not None
    pages.browser._kept = daemon.browser.browser._Kept()  # ten minutes later
    changed = await listed(pages, reader, url, before)
    assert next(teaser.title for teaser in changed.teasers or ()) == "The new story of the day"


async def test_a_list_is_shown_anew_now_and_then(
    town: Town, pages: Pages, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list whose data stay, and whose scripts change, would stand still."""
    url = f"{town.site}react"
    before = await listed(pages, reader, url)
    monkeypatch.setattr(daemon.reading.pages, "ANEW", 0.0)
    again = await listed(pages, reader, url, before)
    assert len(again.teasers or ()) == len(STORIES)
    monkeypatch.setattr(daemon.reading.pages, "ANEW", 3600.0)
    assert (await listed(pages, reader, url, again)).teasers is None


async def test_secrets_of_one_server_stay_with_it(town: Town, pages: Pages) -> None:
    """A site's answer could have the cookie of its readers sent to somebody else."""
    seen: list[bytes] = []

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    town.other = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    sent = {"cookie": "a=secret", "authorization": "Bearer secret", "accept": "*/*"}
    part = await pages.fetcher.part(f"{town.site}leads-away", "GET", sent, None, 1000)
    assert (part.status, part.body) == (200, b"{}")
    assert b"secret" not in seen[0]
    server.close()


async def test_data_that_failed_once_are_asked_for_again(town: Town, pages: Pages, reader: Reader) -> None:
    """A hiccup of the site would hide all of its new stories until something else on the page changed."""
    page = Page(
        url=f"{town.site}react",
        body=town.shell("react").replace(b"</body>", b"<script>fetch('/api/none')</script></body>"),
    )
    assert pages.browser is not None
    found = await pages.browser.render(page)
    assert "" in found.data
    assert not await pages._is_same(found.data)


async def test_nothing_is_left_after_the_end(town: Town, pages: Pages) -> None:
    """Chromium, or the program that drives it, would run on after the daemon was ended, or was killed in between."""
    browser = Browser(How(command=CHROMIUM, sandbox=False, at_once=1, timeout=20), pages.fetcher)
    page = Page(url=f"{town.site}react", body=town.shell("react"))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    await browser.render(page)
    assert browser._running is not None
    browser._running.processes()[0].kill()
    await asyncio.sleep(0.5)
    await browser.render(page)
    hanging = Page(url=f"{town.site}hostile/loops", body=town.shell("hostile/loops"))
    tasks = [asyncio.create_task(browser.render(hanging)) for _ in range(2)]
    await asyncio.sleep(1)
    await browser.close()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, BrowserError) for result in results), results
    for _ in range(50):
        left = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
        if not [child for child in left if child.status() != psutil.STATUS_ZOMBIE]:
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail(f"left: {left}")


async def test_a_browser_that_hangs_is_replaced(town: Town, pages: Pages) -> None:
    """All sources of scripts would fail until somebody ended it by hand."""
    browser = Browser(How(command=CHROMIUM, sandbox=False, timeout=3), pages.fetcher)
    page = Page(url=f"{town.site}react", body=town.shell("react"))
    await browser.render(page)
    assert browser._running is not None
    browser._running.processes()[0].suspend()
    with pytest.raises(BrowserError, match="does not answer"):
        await browser.render(page)
    assert "upper valley" in (await browser.render(page)).html
    await browser.close()


async def test_the_cause_is_told_while_it_is_not_tried_again(town: Town, pages: Pages, reader: Reader) -> None:
    """People would read that a list has no stories, where the browser had failed."""
    assert pages.browser is not None
    pages.browser._how = How(command=CHROMIUM, sandbox=False, timeout=3)
    for _ in range(2):
        found = await listed(pages, reader, f"{town.site}hostile/loops")
        assert found.failure is not None
        assert "were not done within 3 s" in found.failure.cause
    assert pages.browser.visits == 1


async def test_feeds_are_not_shown(town: Town, pages: Pages, reader: Reader) -> None:
    """A source with a feed for its list, and scripts for its stories, would list nothing."""
    found = await listed(pages, reader, f"{town.site}feed.xml", render="always")
    assert [teaser.title for teaser in found.teasers or ()] == ["The ferry opens again"]


async def test_the_address_that_scripts_led_to(town: Town, pages: Pages) -> None:
    """Links of a page that leads on would be read as those of another address."""
    assert pages.browser is not None
    page = Page(url=f"{town.site}", body=b"<script>location.replace('/react')</script>")
    found = await pages.browser.render(page)
    assert found.url == f"{town.site}react"
    assert "upper valley" in found.html
