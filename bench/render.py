"""Pages that scripts build: bantin's browser beside plain Playwright, which takes a page when its network is quiet.

Both show the same invented stories of one loopback site, two at a time, in the same Chromium: a shell, three scripts,
styles, six pictures, a beacon, and the data of the story. Requests are counted by the site. Last, bantin polls the
pages again, unchanged: the document and its data are asked for, and no browser.

    ./run bench render [--pages 40]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from playwright.async_api import async_playwright

from daemon.browser.browser import Browser
from daemon.config import Browser as How
from daemon.config import Fetch
from daemon.http.fetch import Fetcher
from daemon.reading.pages import Pages
from daemon.reading.reader import Reader
from feeds.model import Source

AT_ONCE = 2
TEXT = "The ferry returns to the lake after eleven years, and nobody on the landing stage could say why it had left. "
SCRIPT = """const slug = location.pathname.split("/").pop();
navigator.sendBeacon("/seen", slug);
fetch("/api/" + slug).then(a => a.json()).then(s => { document.getElementById("root").innerHTML =
  `<article><h1>${s.title}</h1>` + s.text.map(t => `<p>${t}</p>`).join("")
  + [1, 2, 3, 4, 5, 6].map(n => `<img src="/picture/${slug}/${n}.png">`).join("") + "</article>"; });"""
SHELL = (
    '<!DOCTYPE html><html lang="en"><head><title>Lake News</title><link rel="stylesheet" href="/style.css">'
    '<script src="/static/a.js"></script><script src="/static/b.js"></script>'
    '<script src="/static/app.js" defer></script>'
    '</head><body><div id="root"></div></body></html>'
)


def _site(pipe: Any, count: Any) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                size = 0
                while (header := await reader.readline()).strip():
                    if header.lower().startswith(b"content-length:"):
                        size = int(header.split(b":")[1])
                await reader.readexactly(size)
                path = line.split()[1].decode()
                count.value += path not in ("/robots.txt", "/favicon.ico")
                kind, body, more = _answer(path)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (OSError, IndexError, asyncio.IncompleteReadError):
            pass
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def _answer(path: str) -> tuple[str, bytes, str]:
    if path.startswith("/api/"):
        return "application/json", json.dumps({"title": f"Story {path}", "text": [TEXT * 3] * 12}).encode(), ""
    if path.startswith("/static/"):
        body = SCRIPT if "app" in path else "var filler = '" + "x" * 100_000 + "';"
        return "text/javascript", body.encode(), "Cache-Control: max-age=600\r\n"
    if path.startswith("/picture/"):
        return "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 30_000, ""
    if path == "/style.css":
        return "text/css", b"body{color:#222}" * 500, "Cache-Control: max-age=600\r\n"
    return "text/html; charset=utf-8", SHELL.encode() if path.startswith("/news/") else b"", ""


async def _timed(name: str, urls: list[str], show: Callable[[str], Awaitable[str]], count: Any) -> dict[str, float]:
    """Show all pages, a few at a time; seconds, requests, and the most memory of all browser processes."""
    turn, most, done = asyncio.Semaphore(AT_ONCE), 0.0, False

    async def one(url: str) -> None:
        async with turn:
            assert TEXT.strip() in await show(url), f"{name} has not read {url}"

    async def watch() -> None:
        nonlocal most
        while not done:
            most = max(most, await asyncio.to_thread(_memory))
            await asyncio.sleep(0.3)

    watching = asyncio.create_task(watch())
    asked, begun = count.value, time.monotonic()
    await asyncio.gather(*map(one, urls))
    took = time.monotonic() - begun
    done = True
    await watching
    return {"seconds": took, "requests": (count.value - asked) / len(urls), "MB": most / 1e6}


def _memory() -> float:
    total = 0
    for child in psutil.Process().children(recursive=True):
        try:
            if "chrom" in child.name():
                total += child.memory_info().pss if hasattr(child.memory_info(), "pss") else child.memory_info().rss
        except psutil.Error:
            pass
    return float(total)


async def _plain(urls: list[str], count: Any, chromium: str) -> dict[str, float]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, chromium_sandbox=False)

        async def show(url: str) -> str:
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(url, wait_until="networkidle")
            html = await page.content()
            await context.close()
            return html

        await show(urls[0])  # warm
        found = await _timed("Playwright", urls, show, count)
        await browser.close()
        return found


async def _ours(urls: list[str], count: Any, chromium: str) -> tuple[dict[str, float], dict[str, float]]:
    reader = Reader(workers=1)
    fetch = Fetch(user_agent="bantin/bench", host_interval=0, allow_networks=(ip_network("127.0.0.0/8"),))
    fetcher = Fetcher(fetch, reader)
    browser = Browser(How(command=chromium, sandbox=False, at_once=AT_ONCE), fetcher)
    pages, source = Pages(fetcher, browser), Source(id="lake", title="Lake", urls=("x",), render="always")
    known: dict[str, Any] = {}

    async def show(url: str) -> str:
        page = await pages.fetch(source, url)
        assert page is not None
        known[url] = page.validators
        return page.body.decode()

    async def again(url: str) -> str:
        assert await pages.fetch(source, url, known[url]) is None, "it is unchanged"
        return TEXT

    await show(urls[0])  # warm
    shown = await _timed("bantin", urls, show, count)
    unchanged = await _timed("bantin, unchanged", urls, again, count)
    await browser.close()
    await fetcher.close()
    reader.close()
    return shown, unchanged


def main() -> None:
    """Show the pages by both, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=40)
    number = parser.parse_args().pages
    chromium = shutil.which("chromium")
    assert chromium, "chromium is missing; get it with: sudo apt-get install chromium"
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    count = context.Value("q", 0)
    site = context.Process(target=_site, args=(there, count), daemon=True)
    site.start()
    urls = [f"http://127.0.0.1:{here.recv()}/news/story-{n}" for n in range(1)]
    urls = [urls[0].removesuffix("0") + str(n) for n in range(number)]
    plain = asyncio.run(_plain(urls, count, chromium))
    ours, unchanged = asyncio.run(_ours(urls, count, chromium))
    plain2 = asyncio.run(_plain(urls, count, chromium))  # machines warm up, and others work beside
    plain = {key: min(plain[key], plain2[key]) for key in plain}
    site.terminate()
    print(f"{number} pages, {AT_ONCE} at a time: {'pages/min':>10} {'requests/page':>14} {'MB at most':>11}")
    for name, took in (("Playwright, network idle", plain), ("bantin", ours), ("bantin, unchanged", unchanged)):
        print(f"{name:26} {60 * number / took['seconds']:16,.0f} {took['requests']:14.1f} {took['MB']:11,.0f}")
    print(
        f"bantin shows {plain['seconds'] / ours['seconds']:.2f} times as many pages with "
        f"{ours['requests'] / plain['requests']:.2f} of the requests; unchanged polls are "
        f"{ours['seconds'] / unchanged['seconds']:.0f} times as fast as showing"
    )


if __name__ == "__main__":
    main()
