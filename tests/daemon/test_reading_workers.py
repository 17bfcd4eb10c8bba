"""Reading in worker processes: hostile pages cost one error each, and the reader goes on."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from daemon.reading import reader as reading
from daemon.reading.reader import Reader
from feeds.errors import NotAFeedError, NoTeasersError, ReadError
from feeds.model import Page
from tests.conftest import NOW
from tests.whole.live import until

URL = "https://news.example/tin"
STORY = (
    "<html lang=vi><head><title>Tin</title></head><body><article><h1>Lễ hội đua thuyền</h1>"
    + "<p>Sáng nay, lễ hội đua thuyền truyền thống của xã đã khai mạc với sự tham gia của nhiều đội.</p>" * 6
    + "</article></body></html>"
).encode()
NESTED = b"<html><body>" + b"<div>" * 40_000 + b"x"
ATTRIBUTES = b"<html><body><div " + b" ".join(b"a%d=1" % n for n in range(40_000)) + b">x"


def page(body: bytes, content_type: str = "text/html; charset=utf-8") -> Page:
    return Page(url=URL, body=body, content_type=content_type)


def pid_of_worker(reader: Reader) -> int:
    """The process number of the reader's only worker, once it is there."""
    return int(reader.workers._free[0].pid.result())


@contextmanager
def impatient(reader: Reader) -> Iterator[None]:
    """The reader with a time limit that tests can wait for."""
    before, reader.time_limit = reader.time_limit, 0.1
    try:
        yield
    finally:
        reader.time_limit = before


@pytest.mark.parametrize("body", [NESTED, ATTRIBUTES], ids=["nested", "attributes"])
async def test_a_page_that_takes_too_long_costs_one_error(reader: Reader, body: bytes) -> None:
    """A page built to keep the parser busy would stop all polls, not only fail itself."""
    with impatient(reader):
        with pytest.raises(ReadError, match=r"reading it took more than 0\.1 s") as caught:
            await reader.article(page(body), None, NOW)
        assert caught.value.url == URL
        with pytest.raises(NoTeasersError, match=r"more than 0\.1 s"):
            await reader.teasers(page(body), "auto", None, NOW)
    assert "Sáng nay" in (await reader.article(page(STORY), None, NOW)).body_text


async def test_pages_beside_a_hostile_one_are_read(reader: Reader) -> None:
    """One hostile page would take the others of its poll with it."""
    with impatient(reader):
        hostile = asyncio.ensure_future(reader.article(page(NESTED), None, NOW))
        await asyncio.sleep(0)
    others = await asyncio.gather(*(reader.article(page(STORY), None, NOW) for _ in range(5)))
    assert len(others) == 5
    with pytest.raises(ReadError):
        await hostile


async def test_a_worker_that_is_killed_costs_one_page() -> None:
    """When the kernel ends a worker for want of memory, nothing could be read until the daemon is restarted."""
    reader = Reader(workers=1)
    try:
        worker = pid_of_worker(reader)
        under_way = asyncio.ensure_future(reader.article(page(NESTED), None, NOW))
        await asyncio.sleep(0.1)
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(ReadError, match="ended the worker"):
            await under_way
        assert await reader.kind(page(STORY)) == "listing"
    finally:
        reader.close()


async def test_broken_workers_are_replaced() -> None:
    """Once the workers break down, nothing could be read until the daemon is restarted."""
    reader = Reader(workers=1)
    try:
        os.kill(pid_of_worker(reader), signal.SIGKILL)
        executor = reader.workers._free[0]._executor
        async with asyncio.timeout(20):
            while executor is not None and not executor._broken:
                await asyncio.sleep(0.01)
        assert await reader.kind(page(STORY)) == "listing"
    finally:
        reader.close()


async def test_a_poll_that_is_cancelled_leaves_the_reader_working(reader: Reader) -> None:
    """A poll that runs out of time would leave a worker busy with its page."""
    under_way = asyncio.ensure_future(reader.article(page(NESTED), None, NOW))
    await asyncio.sleep(0.05)
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    assert await reader.kind(page(STORY)) == "listing"


@pytest.mark.parametrize("bug", [IndexError("list index out of range"), RecursionError("too deep"), TypeError("None")])
async def test_a_mistake_of_the_readers_costs_one_page(
    reader: Reader, bug: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One strange page that a reader stumbles over would keep all others of its source from being read."""
    monkeypatch.setattr(reading, "read_article", _Stumbles(bug))
    with pytest.raises(ReadError, match=f"reading it failed .{type(bug).__name__}"):
        await reader.article(page(STORY), None, NOW)
    told = capsys.readouterr()
    assert "reader failed" in told.out + told.err  # a developer can find it


class _Stumbles:
    """A reader with a mistake; it can be sent to a worker."""

    def __init__(self, bug: Exception) -> None:
        self.bug = bug
        self.__name__ = "read_article"

    def __call__(self, *args: Any) -> None:
        raise self.bug


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>", "application/pdf"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", ""),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "application/octet-stream"),
        (b'{"title": "<b>Tin</b>"}', "application/json"),
        (b"Tin trong ngay, khong co gi khac.", "text/plain"),
        (b"", "text/html"),
        (bytes(10_000), "text/html"),
    ],
)
async def test_what_is_no_page_is_told(reader: Reader, body: bytes, content_type: str) -> None:
    """The noise of a picture or a PDF would be published as a story."""
    for call in (
        reader.article(page(body, content_type), None, NOW),
        reader.teasers(page(body, content_type), "auto", None, NOW),
    ):
        with pytest.raises(ReadError, match="is no HTML page") as caught:
            await call
        assert caught.value.url == URL


async def test_html_at_a_feeds_address_is_told(reader: Reader) -> None:
    """A site that replaced its feed by a page would look as if it had no news."""
    for kind in ("feed", "sitemap"):
        with pytest.raises(NotAFeedError, match="is no"):
            await reader.teasers(page(STORY), kind, None, NOW)


async def test_a_login_page_lists_no_stories(reader: Reader) -> None:
    """A login page with status 200 would empty the feed."""
    login = b"<html><body><form action=/login><input name=user><input type=password><button>OK</button></form></body>"
    with pytest.raises(NoTeasersError):
        await reader.teasers(page(login), "auto", None, NOW)


RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title>%s</channel></rss>"
SITEMAP = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</urlset>"


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (RSS % b"", "text/html", "feed"),
        (b"\xef\xbb\xbf  " + RSS % b"", "application/octet-stream", "feed"),
        (SITEMAP % b"", "text/xml", "sitemap"),
        (STORY, "application/rss+xml", "listing"),
        (b"", "", "listing"),
    ],
)
async def test_a_document_is_what_it_is_not_what_it_is_called(
    reader: Reader, body: bytes, content_type: str, kind: str
) -> None:
    """Feeds that servers label as HTML, as many do, could not be watched."""
    assert await reader.kind(page(body, content_type)) == kind


async def test_times_without_a_zone_are_in_the_sources(reader: Reader) -> None:
    """Stories of feeds and sitemaps that name no zone would be published seven hours off."""
    item = b"<item><title>Tin</title><link>/a</link><pubDate>Sat, 21 Nov 2026 16:00:00</pubDate></item>"
    entry = b"<url><loc>/a</loc><title>Tin</title><publication_date>2026-11-21T16:00:00</publication_date></url>"
    for body in (RSS % item, SITEMAP % entry):
        for zone, hour in (("Asia/Ho_Chi_Minh", 9), ("UTC", 16), (None, 16)):
            (teaser,) = await reader.teasers(page(body), "auto", zone, NOW)
            assert teaser.published is not None
            assert (teaser.published.hour, teaser.published.utcoffset()) == (hour, NOW.utcoffset())


async def test_closing_ends_the_workers_whatever_they_do() -> None:
    """Stopping the daemon would wait for a hostile page, and be killed by systemd in the end."""
    reader = Reader(workers=1)
    worker = pid_of_worker(reader)
    under_way = asyncio.ensure_future(reader.article(page(NESTED), None, NOW))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(reader.close)
    await until(lambda: worker not in {child.pid for child in multiprocessing.active_children()})
    with pytest.raises((asyncio.CancelledError, ReadError)):
        await under_way
    gc.collect()


def test_a_worker_has_read_its_readers_before_its_first_page() -> None:
    """The first page of each worker would pay for loading them, and count as slow, or run out of time."""
    needed = ("article.extract", "article.join", "documents.feed", "documents.sitemap", "listing.find", "robots")
    code = "import sys; from daemon.reading.reader import _prepare; _prepare(()); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert {f"feeds.reading.{name}" for name in needed} <= set(loaded.stdout.split())
