"""Fetching pages from real servers: what is read, what is refused, and how it is told."""

from __future__ import annotations

import asyncio
import gc
import gzip
import itertools
import socket
import time
import types
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import Response
from starlette.routing import Route

from daemon.demo.serve import serve
from daemon.http.decoding import zstd
from daemon.http.fetch import ATTEMPTS, MAX_REDIRECTS, PATIENCE, seconds_of
from feeds.errors import FetchError
from feeds.model import Page, Validators
from tests.daemon.servers import Request, Says, Server, Speak, answer, fetching, redirect, serving, silence

NEWS = ("<p>Thời sự tỉnh nhà</p>" * 500).encode()


def packed(data: bytes) -> bytes:
    """gzip without the time, so that a test has the same name in every process."""
    return gzip.compress(data, mtime=0)


async def fetched(says: Says, known: Validators | None = None, **config: object) -> Page | None:
    """What a fetcher makes of a server's only answer."""
    async with serving(says) as server, fetching(**config) as (fetcher, _):
        return await fetcher.fetch(server.url(), known)


async def costs_of(pages: dict[str, bytes]) -> dict[str, float]:
    """CPU seconds of fetching each, with the server in them; the least of five tries."""
    costs = dict.fromkeys(pages, 9.0)
    async with serving(pages) as server, fetching() as (fetcher, _):
        for path in [*pages] * 5:
            started = time.process_time()
            await fetcher.fetch(server.url(path))
            costs[path] = min(costs[path], time.process_time() - started)
    return costs


async def failed(says: Says, **config: object) -> tuple[FetchError, Server, list[float]]:
    """The error that a server's only answer gives, the server, and the naps taken."""
    async with serving(says) as server, fetching(**config) as (fetcher, naps):
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(server.url())
        assert caught.value.url.startswith(server.url())
        return caught.value, server, naps.taken


# -- what is read


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(NEWS)),
        ("deflate", zlib.compress(NEWS)),
        ("br", brotli.compress(NEWS)),
        ("zstd", zstd.compress(NEWS)),
        ("br, gzip", packed(brotli.compress(NEWS))),
        ("identity", NEWS),
    ],
)
async def test_pages_are_unpacked_whatever_their_coding(coding: str, body: bytes) -> None:
    """Sites behind a proxy that packs its answers could not be read."""
    page = await fetched(answer(body, content_encoding=coding))
    assert page is not None
    assert page.body == NEWS


async def test_an_ordinary_server_gives_an_ordinary_page() -> None:
    """The page's address, type or validators would not be those that the site gave."""
    asked: list[WebRequest] = []

    async def page(request: WebRequest) -> Response:
        asked.append(request)
        return Response(NEWS, headers={"etag": '"v1"', "last-modified": "yesterday"}, media_type="text/html")

    async with serve(Starlette(routes=[Route("/tin", page)])) as address, fetching() as (fetcher, _):
        got = await fetcher.fetch(f"{address}tin")
    assert got is not None
    assert (got.url, got.body, got.content_type) == (f"{address}tin", NEWS, "text/html; charset=utf-8")
    assert (got.validators.etag, got.validators.last_modified) == ('"v1"', "yesterday")
    assert asked[0].headers["user-agent"] == "bantin-test"
    assert asked[0].headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert "cookie" not in asked[0].headers


async def test_cookies_are_not_kept() -> None:
    """Sites could follow the daemon from poll to poll, or give it pages made for one visitor."""
    async with serving(answer(b"x", set_cookie="id=1; Path=/")) as server, fetching() as (fetcher, _):
        await fetcher.fetch(server.url())
        await fetcher.fetch(server.url())
        assert [request.headers.get("cookie") for request in server.got] == [None, None]


# -- unchanged pages


@pytest.mark.parametrize(
    "etag", ['"abc"', 'W/"abc"', "abc", "*", '"a, b"', "''", '"ngày-1"', '"a\\"b"', '"' + "x" * 900 + '"']
)
async def test_validators_are_sent_back_as_they_came(etag: str) -> None:
    """Sites with odd validators would be read in full at every poll, or not at all after the first."""
    date = "Thu, 32 Nov 2026 99:00:00 ICT"
    async with serving(answer(b"x", etag=etag, last_modified=date)) as server, fetching() as (fetcher, _):
        page = await fetcher.fetch(server.url())
        assert page is not None
        assert page.validators.etag == etag
        server.says["*"] = answer(status="304 Not Modified")
        assert await fetcher.fetch(server.url(), page.validators) is None
        first, second = (request.headers for request in server.got)
    assert "if-none-match" not in first
    assert (second["if-none-match"], second["if-modified-since"]) == (etag, date)


@pytest.mark.parametrize("etag", [b'"\xe0\xff"', b'"' + b"x" * 5000 + b'"', b""])
async def test_validators_that_cannot_be_sent_back_are_none(etag: bytes) -> None:
    """One strange header would make every later poll of the site fail."""
    said = b"HTTP/1.1 200 OK\r\nETag: " + etag + b"\r\nContent-Length: 1\r\n\r\nx"
    page = await fetched(said)
    assert page is not None
    assert page.validators.etag is None


@pytest.mark.parametrize("stored", ['"a\r\nX-Injected: yes"', '"a\x00"', '"a\n"'])
async def test_stored_validators_cannot_inject_headers(stored: str) -> None:
    """What a site once said could forge requests to it, or make them all fail."""
    async with serving(answer(b"x")) as server, fetching() as (fetcher, _):
        assert await fetcher.fetch(server.url(), Validators(etag=stored, last_modified='"ok"')) is not None
        assert "x-injected" not in server.got[0].headers
        assert server.got[0].headers["if-modified-since"] == '"ok"'


async def test_304_without_a_question_is_an_error() -> None:
    """A server that answers 304 to everyone would hide that its page was never read."""
    error, _, _ = await failed(answer(status="304 Not Modified"))
    assert error.status == 304


async def test_the_same_bytes_have_the_same_hash() -> None:
    """Unchanged pages of servers without validators would be read anew at each poll."""
    one, same, other = [await fetched(answer(body)) for body in (b"a", b"a", b"b")]
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.validators.body_hash == same.validators.body_hash != other.validators.body_hash


# -- redirects


@pytest.mark.parametrize(
    "location", ["/b", "b", "./x/../b", "?b", "//127.0.0.1:{port}/b", "http://127.0.0.1:{port}/b#c", "/đ"]
)
async def test_redirects_are_followed(location: str) -> None:
    """Stories that moved, and sites that send readers from http to https, could not be read."""
    async with serving({"*": answer(b"there")}) as server, fetching() as (fetcher, _):
        server.says["/a"] = redirect(location.format(port=server.port))
        page = await fetcher.fetch(server.url("/a"))
        assert page is not None
        assert page.body == b"there"
        assert len(server.got) == 2
        assert page.url == server.url(server.paths[1])


async def test_a_gate_that_sets_a_cookie_is_passed() -> None:
    """Stories behind such a gate would never be read; and a cookie that is kept would follow readers of bantin."""

    async def gate(request: Request, writer: asyncio.StreamWriter) -> None:
        passed = "seen=1" in request.headers.get("cookie", "")
        writer.write(answer(NEWS) if passed else answer(status="302 Found", location="/", set_cookie="seen=1; Path=/"))

    async with serving(gate) as server, fetching() as (fetcher, _):
        for _ in range(2):
            page = await fetcher.fetch(server.url())
            assert page is not None
            assert page.body == NEWS
    assert [request.headers.get("cookie") for request in server.got] == [None, "seen=1"] * 2


@pytest.mark.parametrize("cookie", ["n={n}", "big=" + "x" * 7000 + "{n}", "seen=1; Domain=.example", "=", "\xff=\xfe"])
async def test_a_gate_that_is_never_content_ends(cookie: str) -> None:
    """A server that counts its visitors in a cookie would keep a poll busy for ever."""
    count = itertools.count()

    async def gate(request: Request, writer: asyncio.StreamWriter) -> None:
        value = cookie.format(n=next(count))
        writer.write(answer(status="302 Found", location="/", set_cookie=value.encode().decode("latin-1")))

    _, server, _ = await failed(gate)
    assert 1 <= len(server.got) <= MAX_REDIRECTS + 1
    assert all(len(request.headers.get("cookie", "")) <= 9000 for request in server.got)


@pytest.mark.parametrize(
    "meta",
    [
        "<meta http-equiv=refresh content='0; url=/story'>",
        '<META content="1;URL=&quot;/story&quot;" HTTP-EQUIV="Refresh">',
        "<!-- <meta http-equiv=refresh content='0;url=/no'> --><meta http-equiv='refresh' content='0, /story'>",
    ],
)
async def test_a_page_that_only_leads_on_is_followed(meta: str) -> None:
    """ "Redirecting …" would be the text of every story of a site."""
    async with serving({"/": answer(meta.encode()), "/story": answer(NEWS)}) as server, fetching() as (fetcher, _):
        page = await fetcher.fetch(server.url())
        assert page is not None
        assert (page.body, page.url) == (NEWS, server.url("/story"))


@pytest.mark.parametrize(
    "inside",
    [
        "http-equiv" + " " * 2900,
        "http-equiv=refresh content" + " " * 2900,
        "http-equiv=refresh content='0;" + " " * 2900,
    ],
)
async def test_a_refresh_is_looked_for_in_one_pass(inside: str) -> None:
    """A page with runs of spaces in its head would stand the daemon still, as this is done in the event loop."""
    hostile = f"<!-- refresh -->{f'<meta {inside}>' * 5}".encode()
    pages = {"/hostile": answer(hostile), "/plain": answer(b"<meta refresh" + b"s" * len(hostile))}
    costs = await costs_of(pages)
    assert costs["/hostile"] < 5 * costs["/plain"]


async def test_cookies_of_a_kind_that_nobody_sends_are_not_read() -> None:
    """Each answer of a hostile site, even a 404, would stand the daemon still for a second."""
    pages = {
        path: answer(NEWS, set_cookie="a=b", **{name: "a," * 4000})
        for path, name in {"/hostile": "set_cookie2", "/plain": "x"}.items()
    }
    costs = await costs_of(pages)
    assert costs["/hostile"] < 5 * costs["/plain"]


async def test_a_page_that_leads_to_itself_ends() -> None:
    """Two pages that send their reader to each other would keep a poll busy for ever."""
    lead = "<meta http-equiv=refresh content='0; url={}'>"
    async with (
        serving({"/": answer(lead.format("/b").encode()), "/b": answer(lead.format("/").encode())}) as server,
        fetching() as (fetcher, _),
    ):
        with pytest.raises(FetchError, match="redirect loop"):
            await fetcher.fetch(server.url())


@pytest.mark.parametrize(
    "meta",
    [
        "<meta http-equiv=refresh content=300>",
        "<meta http-equiv=refresh content='900; url=/story'>",
        "<noscript><meta http-equiv=refresh content='0; url=/story'></noscript>",
        "<meta http-equiv=refresh content='0; url=https://elsewhere.example/'>",
        "<script>'<meta http-equiv=refresh content=\"0;url=/story\">'</script>",
        "<meta name=refresh content='0; url=/story'>",
        "<!--" * 4000 + "<meta http-equiv=refresh content='0; url=/story'>",
    ],
)
async def test_a_page_that_is_there_to_be_read_is_read(meta: str) -> None:
    """Live pages that load themselves anew, and notes for browsers without scripts, would take the story away."""
    async with serving({"/": answer(meta.encode())}) as server, fetching() as (fetcher, _):
        page = await fetcher.fetch(server.url())
        assert page is not None
        assert page.body == meta.encode()


@pytest.mark.parametrize("says", [{"/": redirect("/")}, {"/": redirect("/b"), "/b": redirect("/#c")}])
async def test_a_redirect_loop_ends_at_once(says: dict[str, Says]) -> None:
    """A site's mistake would cost it a dozen requests a poll."""
    async with serving(says) as server, fetching() as (fetcher, naps):
        with pytest.raises(FetchError, match="redirect loop"):
            await fetcher.fetch(server.url())
        assert len(server.got) == len(says)
        assert naps.taken == []


async def test_endless_redirects_end() -> None:
    """A trap of ever new addresses would keep a poll busy for ever."""

    async def onward(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(redirect(f"/{len(request.path)}{request.path}"))

    error, server, naps = await failed(onward)
    assert f"more than {MAX_REDIRECTS} redirects" in error.cause
    assert len(server.got) == MAX_REDIRECTS + 1
    assert naps == []


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://127.0.0.1/", "http://user:pass@127.0.0.1/",
     "http://", "http://[::1", "http://127.0.0.1:99999/", "/" + "x" * 3000, "unix:/run/bantin"],
)  # fmt: skip
async def test_redirects_to_what_is_no_web_address_are_refused(location: str) -> None:
    """A page could make the daemon open files, or send passwords."""
    error, server, naps = await failed(redirect(location))
    assert "no web address" in error.cause
    assert len(error.cause) < 200
    assert len(server.got) == 1
    assert naps == []


async def test_a_redirect_without_a_place_is_an_error() -> None:
    """An empty answer would be taken for the page."""
    error, _, _ = await failed(answer(b"moved", status="302 Found"))
    assert error.status == 302


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/",
        "",
        "x",
        "//x/",
        "http://u:p@127.0.0.1/",
        "http://[::1",
        "http://\x00/",
        "http://a b/",
    ],
)
async def test_what_is_no_web_address_is_not_asked_for(url: str) -> None:
    """A wrong address would end the program, or be tried again and again."""
    async with fetching(robots=True) as (fetcher, naps):
        with pytest.raises(FetchError, match="no web address"):
            await fetcher.fetch(url)
        assert naps.taken == []


# -- sizes


@pytest.mark.parametrize("chunked", [False, True])
async def test_pages_over_the_limit_are_an_error(chunked: bool) -> None:
    """A page of fifty megabytes, declared or not, would be read into memory whole."""
    sent = 0

    async def huge(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: 50000000"
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
        for _ in range(500):
            writer.write((b"186a0\r\n" if chunked else b"") + b"x" * 100_000 + (b"\r\n" if chunked else b""))
            await writer.drain()
            sent += 100_000

    error, server, naps = await failed(huge, max_bytes=100_000)
    assert "larger than 100,000 bytes" in error.cause
    assert sent < 25_000_000
    assert len(server.got) == 1
    assert naps == []


async def test_the_limit_itself_is_not_over_the_limit() -> None:
    """A page of exactly the allowed size would be lost."""
    page = await fetched(answer(b"x" * 5000), max_bytes=5000)
    assert page is not None
    assert len(page.body) == 5000
    error, _, _ = await failed(answer(b"x" * 5001), max_bytes=5000)
    assert "larger" in error.cause


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", packed(bytes(20_000_000))),
        ("deflate", zlib.compress(bytes(20_000_000))),
        ("br", brotli.compress(bytes(20_000_000), quality=2)),
        ("zstd", zstd.compress(bytes(20_000_000))),
        ("gzip, gzip", packed(packed(bytes(20_000_000)))),
    ],
)
async def test_the_limit_holds_after_unpacking(coding: str, bomb: bytes) -> None:
    """A few kilobytes that unpack to gigabytes would stop the daemon."""
    error, _, _ = await failed(answer(bomb, content_encoding=coding), max_bytes=1_000_000)
    assert "larger than 1,000,000 bytes" in error.cause


async def test_the_limit_holds_before_unpacking_too() -> None:
    """A body that never unpacks to anything could go on for ever."""
    nothing = packed(b"") + b"\0" * 500_000
    error, _, _ = await failed(answer(nothing, content_encoding="gzip"), max_bytes=10_000)
    assert "larger than" in error.cause


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "compress", "gzip,gzip,gzip,gzip"])
async def test_a_coding_that_does_not_fit_is_an_error(coding: str) -> None:
    """Noise would be read as a page, and its stories taken for withdrawn."""
    error, _, _ = await failed(answer(NEWS, content_encoding=coding))
    assert error.cause.startswith("bad body")


# -- bodies and answers that are cut or broken


@pytest.mark.parametrize(
    "said",
    [
        answer(b"half", length=1000),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        answer(packed(NEWS)[:-100], content_encoding="gzip"),
    ],
)
async def test_a_body_that_ends_early_is_an_error_that_may_pass(said: bytes) -> None:
    """Half a list would make the stories of the other half look withdrawn."""
    error, server, naps = await failed(said)
    assert "ended early" in error.cause
    assert error.transient
    assert len(server.got) == ATTEMPTS
    assert len(naps) == ATTEMPTS - 1


@pytest.mark.parametrize(
    "said",
    [
        b"hello world\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi\r\n",
        b"HTTP/1.1 200 OK\r\nETag: \"a\x00b\"\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nLocation: /\r\n folded\r\nbroken\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: x\r\n" * 20_000 + b"\r\n",
    ],
)  # fmt: skip
async def test_what_is_no_http_is_told_in_a_few_words(said: bytes) -> None:
    """A broken server would end the poll with an error that nobody expects, or fill the log with its noise."""
    error, _, _ = await failed(said)
    assert error.cause.startswith("the answer is no HTTP")
    assert len(error.cause) < 250
    assert error.cause.isprintable()


async def test_a_server_that_hangs_up_is_told() -> None:
    """The operator would be told of a slow server where one hangs up."""
    error, _, _ = await failed(b"")
    assert "closed the connection" in error.cause
    assert error.transient


async def test_nobody_there_is_told() -> None:
    """The operator would not learn that nothing listens at the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with fetching() as (fetcher, naps):
        with pytest.raises(FetchError, match=f"no connection to 127.0.0.1:{port}") as caught:
            await fetcher.fetch(f"http://127.0.0.1:{port}/")
    assert caught.value.transient
    assert len(naps.taken) == ATTEMPTS - 1


async def test_an_odd_reason_phrase_is_harmless() -> None:
    """A site whose server speaks Latin-1 in its first line could not be read, or would write to the terminal."""
    page = await fetched(b"HTTP/1.1 200 \xd0\xe3 xong\r\nContent-Length: 2\r\n\r\nhi")
    assert page is not None
    assert page.body == b"hi"
    error, _, _ = await failed(b"HTTP/1.1 404 \x1b[31m" + b"x" * 5000 + b"\r\nContent-Length: 0\r\n\r\n")
    assert error.cause.isprintable()
    assert len(error.cause) < 120


async def test_a_header_split_by_line_ends_is_not_two() -> None:
    """A page's address could put headers of its own into the daemon's request."""
    async with serving(answer(b"x")) as server, fetching() as (fetcher, _):
        await fetcher.fetch(server.url("/a\r\nX-Injected: yes"))
        await fetcher.fetch(server.url("/a%0d%0aX-Injected: yes"))
        assert all("x-injected" not in request.headers for request in server.got)


# -- times


async def test_a_server_that_never_answers_is_left() -> None:
    """One hanging server would hold a poll, and its source, for ever."""
    error, server, _ = await failed(silence, timeout=0.05)
    assert "does not answer" in error.cause or "no whole answer" in error.cause
    assert error.transient
    # On a machine that is busy the time for the whole ends before the time for an answer; that is not tried again.
    assert len(server.got) == (ATTEMPTS if "does not answer" in error.cause else 1)


async def test_a_body_that_stops_is_left() -> None:
    """A server that stops in the middle would hold a poll for ever."""

    async def stops(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"half", length=100))
        await writer.drain()
        await silence(request, writer)

    error, _, _ = await failed(stops, timeout=0.05)
    assert error.transient


async def test_a_body_that_dribbles_is_left() -> None:
    """A server that sends a byte now and then would never run into the limit for reading."""

    async def dribbles(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", length=1_000_000))
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    error, _, _ = await failed(dribbles, timeout=0.08)
    assert "no whole answer within 0.08 s" in error.cause
    assert error.transient


async def test_slow_redirects_add_up() -> None:
    """A chain of slow redirects would take ten times the time that is allowed."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.03)
        writer.write(redirect(f"{request.path}x"))

    error, server, _ = await failed(slow, timeout=0.08)
    assert "no whole answer within 0.08 s" in error.cause
    assert len(server.got) <= 4 * ATTEMPTS


async def test_a_machine_that_takes_no_connection_is_left() -> None:
    """A machine that drops packets would hold a poll for minutes, until the kernel gives up."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        others = []
        try:
            for _ in range(4):  # fill its backlog: further connections are not answered
                other = socket.socket()
                other.setblocking(False)
                other.connect_ex(full.getsockname())
                others.append(other)
            async with fetching(timeout=0.1) as (fetcher, _):
                with pytest.raises(FetchError, match=r"does not answer|no whole answer") as caught:
                    await fetcher.fetch(f"http://127.0.0.1:{full.getsockname()[1]}/")
        finally:
            for other in others:
                other.close()
    assert caught.value.transient


# -- statuses and retries


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 500, 501, 204, 206, 418])
async def test_statuses_that_are_no_page_are_told_and_not_retried(status: int) -> None:
    """A withdrawn story would not be known by its status, or a refusing server be asked thrice."""
    error, server, naps = await failed(answer(status=f"{status} Whatever"))
    assert error.status == status
    assert str(status) in error.cause
    assert not error.transient
    assert len(server.got) == 1
    assert naps == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_passing_failures_are_retried_a_little(status: int) -> None:
    """One bad second of a server would cost a whole poll."""
    error, server, naps = await failed(answer(status=f"{status} Whatever"))
    assert error.status == status
    assert error.transient
    assert len(server.got) == ATTEMPTS
    assert len(naps) == ATTEMPTS - 1
    assert all(0 <= nap <= PATIENCE for nap in naps)


async def test_a_failure_that_passed_gives_the_page() -> None:
    """A page that is there at the second try would be lost."""
    async with serving(answer(status="502 Bad Gateway")) as server, fetching() as (fetcher, _):

        async def then(request: Request, writer: asyncio.StreamWriter) -> None:
            server.says["*"] = answer(b"there")
            writer.write(answer(status="502 Bad Gateway"))

        server.says["*"] = then
        page = await fetcher.fetch(server.url())
    assert page is not None
    assert page.body == b"there"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_short_retry_after_is_waited_for(status: int) -> None:
    """A server that asks for a moment would be asked again too soon."""
    _, server, naps = await failed(answer(status=f"{status} Busy", retry_after="7"))
    assert naps == [7.0, 7.0]
    assert len(server.got) == ATTEMPTS


async def test_a_retry_after_may_be_a_date() -> None:
    """A server that names a time instead of a number would be asked again too soon."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=8), usegmt=True)
    _, _, naps = await failed(answer(status="503 Busy", retry_after=soon))
    assert all(0 < nap <= 8 for nap in naps)
    assert naps[0] > 5
    past = "Sun, 06 Nov 1994 08:49:37 GMT"
    _, _, naps = await failed(answer(status="503 Busy", retry_after=past))
    assert naps == [0.0, 0.0]


@pytest.mark.parametrize("asked", ["3600", "Sun, 06 Nov 2994 08:49:37 GMT"])
async def test_a_long_retry_after_is_left_to_the_schedule(asked: str) -> None:
    """A poll would hang for as long as a server likes, or ask again against its word."""
    error, server, naps = await failed(answer(status="429 Slowly", retry_after=asked))
    assert naps == []
    assert len(server.got) == 1
    assert error.retry_after is not None
    assert error.retry_after >= 3600
    assert error.transient


@pytest.mark.parametrize("asked", ["²", "-5", "1.5", "soon", "", "Sun, 99 Nov 2026 99:99:99 GMT", "9" * 500, "१२"])
async def test_a_broken_retry_after_does_not_hide_the_status(asked: str) -> None:
    """The operator would read of a number that cannot be read, instead of a server that is busy."""
    error, _, _ = await failed(answer(status="429 Slowly", retry_after=asked))
    assert error.status == 429


@settings(max_examples=40)
@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,5} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} [+-]?[0-9A-Z]{1,8}")
)
def test_any_retry_after_is_read_or_nothing(text: str) -> None:
    """A server's odd header would end a poll or a delivery."""
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0


async def test_many_pages_at_once_come_whole() -> None:
    """Answers would be mixed up, or connections be lost, when many are under way."""
    async with (
        serving({f"/{n}": answer(str(n).encode() * 3000) for n in range(40)}) as server,
        fetching() as (fetcher, _),
    ):
        pages = await asyncio.gather(*(fetcher.fetch(server.url(f"/{n}")) for n in range(40)))
    assert [page.body if page else None for page in pages] == [str(n).encode() * 3000 for n in range(40)]


def saying(piece: bytes, head: bytes = b"") -> Speak:
    """Say this on and on, until nobody listens."""

    async def say(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return say


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (saying(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), "more than 20 interim answers"),
        (saying(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"), "more than 20 interim answers"),
        (saying(b"1\r\na\r\n" * 1000, CHUNKED), "more bytes around the body than in it"),
        (saying(b"1;" + b"x" * 4000 + b"\r\na\r\n", CHUNKED), "more bytes around the body than in it"),
    ],
    ids=["continue", "hints", "chunks of one byte", "extensions"],
)
async def test_a_server_that_says_more_than_it_answers(says: Speak, why: str) -> None:
    """A site that answers with everything but a page would keep the event loop busy, three times a poll."""
    async with serving(says) as server, fetching(timeout=20.0, max_bytes=8_000_000) as (fetcher, naps):
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(server.url())
    assert why in caught.value.cause
    assert caught.value.transient
    assert len(server.got) == 1, "asking again would cost as much"
    assert naps.taken == []


async def test_few_interim_answers_and_small_chunks_are_fine() -> None:
    """Sites that send hints, or that write their pages line by line, could not be read."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(line), line) for line in [b"<p>A line.</p>\n"] * 3000) + b"0\r\n\r\n"
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n" * 3
    async with serving(hints + CHUNKED + body) as server, fetching() as (fetcher, _):
        page = await fetcher.fetch(server.url())
    assert page is not None
    assert len(page.body) == 3000 * 15


async def test_a_server_that_takes_all_the_time_is_not_asked_again_at_once() -> None:
    """A site that never answers would hold a poll three times as long."""
    drip = saying(b"a", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    async with serving(drip) as server, fetching(timeout=0.3, max_bytes=10**9) as (fetcher, _):
        with pytest.raises(FetchError, match="no whole answer"):
            await fetcher.fetch(server.url())
        assert len(server.got) == 1


async def test_a_failed_fetch_keeps_nothing_of_the_body() -> None:
    """Eighty pages that are too large would stay in memory until Python looks for circles: 700 MB."""
    gc.collect()
    gc.disable()
    try:
        async with serving(answer(b"x" * 300_000)) as server, fetching(max_bytes=200_000) as (fetcher, _):
            for _ in range(20):
                with pytest.raises(FetchError, match="larger than"):
                    await fetcher.fetch(server.url())
            frames = [one for one in gc.get_objects() if isinstance(one, types.FrameType)]
        held = [name for frame in frames for name, value in frame.f_locals.items() if len_of(value) > 150_000]
        assert not held
    finally:
        gc.enable()


def len_of(value: object) -> int:
    return len(value) if isinstance(value, bytes | bytearray) else 0


async def test_a_body_of_frames_without_content_is_refused() -> None:
    """A body of 15 KB would keep the daemon busy until the time limit, at each poll."""
    empty = b"\x50\x2a\x4d\x18\0\0\0\0" * 400_000  # skippable frames (RFC 8878, section 3.1.2)
    body = zstd.compress(zstd.compress(empty))
    said = answer(body, content_encoding="zstd, zstd, zstd")
    error, _, _ = await failed(said)
    assert "frames without content" in error.cause


async def test_link_headers_are_kept_within_bounds() -> None:
    """A feed's hub would not be found, or a server fill the memory with what is no page."""
    lines = [b"Link: <https://hub.example/>; rel=hub", b'LINK: </self>; rel="self"', *[b"Link: " + b"x" * 5_000] * 10]
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + b"\r\n".join(lines) + b"\r\n\r\nx"
    async with serving(said) as server, fetching() as (fetcher, _):
        page = await fetcher.fetch(server.url())
    assert page is not None
    assert page.links[:2] == ("<https://hub.example/>; rel=hub", '</self>; rel="self"')
    assert [len(link) for link in page.links[2:]] == [2_000] * 8
