"""The invented site: section lists, articles and pictures over HTTP, with conditional answers and all the noise."""

from __future__ import annotations

import asyncio
import struct
import zlib
from hashlib import blake2b
from pathlib import Path

import jinja2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from daemon.demo.news import SECTIONS, ZONE, Newsroom

SLOW = 3.0  # seconds that a slow page takes
SHOWN = 12  # stories in a section's list

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["sections"] = SECTIONS
_templates.filters["list_time"] = lambda moment: moment.astimezone(ZONE).strftime("%H:%M , %d/%m/%Y")
_templates.filters["page_time"] = lambda moment: moment.astimezone(ZONE).strftime("%d/%m/%Y %H:%M")
_templates.filters["meta_time"] = lambda moment: moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
_templates.filters["iso_time"] = lambda moment: moment.astimezone(ZONE).isoformat()
_templates.filters["english_time"] = lambda moment: moment.astimezone(ZONE).strftime("%d %B %Y, %H:%M")


class Site:
    """Answers for a `Newsroom`. ``asked`` counts requests by path and status, for those who want to know.

    ``make`` chooses the templates: that of a large CMS, or ``"plain/"`` of a small paper.
    """

    def __init__(self, newsroom: Newsroom, make: str = "") -> None:
        self.newsroom, self._make = newsroom, make
        self.feed: str | None = (
            None  # a section's own feed: "good", "stale" (it stopped long ago) or "whole" (all sections)
        )
        self.asked: dict[tuple[str, int], int] = {}
        self.app = Starlette(
            routes=[
                Route("/", self._front),
                Route("/robots.txt", self._robots),
                Route("/anh/{name}", self._picture),
                Route("/phim/{name}", self._recording),
                Route("/rss/{section}.rss", self._feed),
                Route("/{page:path}", self._page),
            ]
        )

    async def _front(self, request: Request) -> Response:
        return self._list(request, "Trang chủ", None)

    async def _page(self, request: Request) -> Response:
        name = request.path_params["page"]
        section = name.removesuffix(".htm")
        if section in self.newsroom.words.sections:
            return self._list(request, self.newsroom.words.sections[section], section)
        item = self.newsroom.find(request.url.path)
        if item is None or item.page == "gone":
            return self._answer(request, "<!doctype html><title>404</title><h1>Không tìm thấy trang</h1>", 404)
        if item.page == "error":
            return self._answer(request, "<!doctype html><title>500</title><h1>Lỗi máy chủ</h1>", 500)
        if item.page == "slow":
            await asyncio.sleep(SLOW)
        others = [other for other in self.newsroom.listed(item.section) if other is not item][:5]
        number = int(request.query_params.get("page", 1))
        if number == item.broken_page:
            return self._answer(request, "<!doctype html><title>500</title><h1>Lỗi máy chủ</h1>", 500)
        html = _templates.get_template(f"{self._make}article.html").render(
            item=item, others=others, base=request.base_url, number=number
        )
        return self._answer(request, html)

    def _list(self, request: Request, title: str, section: str | None) -> Response:
        items = self.newsroom.listed(section)
        side = [item for item in self.newsroom.listed() if item not in items[:SHOWN]][:5]
        feed = f"/rss/{section}.rss" if self.feed and section else None
        html = _templates.get_template(f"{self._make}list.html").render(
            title=title, items=items[:SHOWN], side=side, feed=feed
        )
        return self._answer(request, html)

    def _answer(self, request: Request, html: str, status: int = 200) -> Response:
        body = html.encode()
        etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if status == 200 and request.headers.get("if-none-match") == etag:
            status, body = 304, b""
        self._count(request, status)
        headers = {"etag": etag} if status in (200, 304) else {}
        return Response(body, status, headers, media_type="text/html")

    async def _feed(self, request: Request) -> Response:
        """RSS with headlines and snippets only, as this kind of CMS writes it."""
        section = request.path_params["section"]
        if self.feed is None or section not in SECTIONS:
            return self._answer(request, "<!doctype html><title>404</title>", 404)
        items = self.newsroom.listed(None if self.feed == "whole" else section)
        items = items[-5:] if self.feed == "stale" else items[:30]
        xml = _templates.get_template("feed.xml").render(title=SECTIONS[section], items=items, base=request.base_url)
        return self._answer(request, xml)

    async def _robots(self, request: Request) -> Response:
        self._count(request, 200)
        return PlainTextResponse("User-agent: *\nDisallow: /quan-tri/\n")

    async def _picture(self, request: Request) -> Response:
        self._count(request, 200)
        return Response(picture(request.path_params["name"]), media_type="image/png")

    async def _recording(self, request: Request) -> Response:
        """A bulletin's film, or its sound: the same for all of them. Parts of it and HEAD are answered, too."""
        self._count(request, 200)
        ending = request.path_params["name"].rpartition(".")[2]
        if ending not in ("mp3", "mp4"):
            return PlainTextResponse("404", 404)
        return FileResponse(
            Path(__file__).parent / "bulletin" / f"bulletin.{ending}",
            media_type={"mp3": "audio/mpeg", "mp4": "video/mp4"}[ending],
        )

    def _count(self, request: Request, status: int) -> None:
        key = (request.url.path, status)
        self.asked[key] = self.asked.get(key, 0) + 1


def picture(name: str) -> bytes:
    """A small PNG of two colours, the same for the same name (PNG specification, section 5)."""
    one, two = (bytes(blake2b(f"{name}{n}".encode(), digest_size=3).digest()) for n in (1, 2))
    width, height = 64, 40
    row_one, row_two = b"\0" + one * width, b"\0" + two * width
    pixels = row_one * (height // 2) + row_two * (height // 2)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
