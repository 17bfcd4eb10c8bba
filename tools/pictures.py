"""Makes the pictures of README and docs from the demonstration's sites: the pages as they are, in docs/pictures.

    ./run pictures [FOLDER]

Two invented sites, one that fails, some edits and a withdrawn story, all on loopback. The polls are made in this
process by a clock of its own, which passes minutes in no time; then `bantin run` serves what they stored. Debian's
Chromium takes the pictures, and the terminal's is drawn by Rich from what `bantin status` prints.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import async_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from daemon.config import load  # noqa: E402
from daemon.demo.english import ENGLISH  # noqa: E402
from daemon.demo.news import Item, Newsroom  # noqa: E402
from daemon.demo.serve import serve  # noqa: E402
from daemon.demo.site import Site  # noqa: E402
from daemon.work.engine import compare_all, open_parts  # noqa: E402

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# What is taken: the page, the window, and words that have to be in it.
TAKEN = {
    "stories": ("", WIDE, ("The River Times", "Truyền hình Sông Vân", "One source cannot be read")),
    "changes": ("changes", WIDE, ("Was:", "Now:", "· withdrawn")),
    "source-failing": ("sources/valley-post/", WIDE, ("Failing", "The page is not there any more")),
    "phone": ("", PHONE, ("The River Times", "One source cannot be read")),
}
STEP = timedelta(minutes=10)  # from poll to poll, as the sources' interval
POLLS = 4  # a withdrawal is believed when two in a row find it; of failures in a row, the fourth is kept as history
CONFIG = """
[server]
listen = "127.0.0.1:{port}"
[fetch]
host_interval = "10ms"
allow_networks = ["127.0.0.0/8"]
[defaults]
timezone = "Asia/Ho_Chi_Minh"
interval = "10m"
recheck = ["10m", "20m", "30m"]
[[source]]
id = "song-van"
title = "Truyền hình Sông Vân"
urls = ["{vietnamese}thoi-su.htm"]
language = "vi"
[[source]]
id = "valley-post"
title = "The Valley Post"
urls = ["{english}gone.htm"]
language = "en"
[[source]]  # the last to be polled: what it found is on top, for English readers
id = "river-times"
title = "The River Times"
urls = ["{english}town.htm", "{english}river.htm"]
language = "en"
"""


async def bantin(*words: str) -> str:
    """What a command prints; it may fail, as one does whose source fails."""
    ran = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await ran.communicate()
    return out.decode()


async def fill(config: Path, english: Newsroom, vietnamese: Newsroom, start: datetime) -> None:
    """Poll while things happen on the sites, from ``start`` on."""
    now = start
    found = load(config)
    async with open_parts(found, clock=lambda: now) as parts:
        for number in range(POLLS):
            if number == POLLS - 2:
                correct(english.listed("town")[1])
                english.edit(english.listed("river")[4])
                english.listed("river")[3].page = "gone"
            if number == POLLS - 1:
                vietnamese.publish(now - timedelta(minutes=2))
                english.publish(now)
            for source in found.sources:
                claim = parts.storage.store.claim_source(parts.owner, source.id, 60)  # seconds, of a clock that stands
                assert claim is not None, "nobody else polls here"
                await parts.poller.poll(source, claim, found.audience)
            await compare_all(parts.storage)
            now += STEP


def correct(item: Item) -> None:
    """Have the newsroom mend a number that was wrong."""
    number = re.search(r"\d+", item.title)
    assert number is not None, "each headline has one"
    right = str(int(number[0]) + 8)
    item.title = item.title.replace(number[0], right)
    item.summary = item.summary.replace(number[0], right)


async def take(base: str, folder: Path) -> None:
    """The pages, in a browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("pictures: Chromium is missing; get it with: sudo apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (path, size, words) in TAKEN.items():
            context = await browser.new_context(viewport=size, locale="en", color_scheme="light")  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(base + path, wait_until="networkidle")
            for text in words:
                await shows(page, name, text)
            await page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png", file=sys.stderr)
            await context.close()
        await browser.close()


async def shows(page: Any, name: str, text: str) -> None:
    """Leave where the text is not in the window, which is all that the picture shows."""
    places = await page.get_by_text(text).evaluate_all(
        "found => found.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().bottom)"
    )
    if not any(0 < bottom <= page.viewport_size["height"] for bottom in places):
        said = await page.inner_text("main")
        raise SystemExit(f"pictures: {name} does not show {text!r} in its window; the page says: {said[:600]}")


def draw(text: str, file: Path) -> None:
    """A terminal that shows the text, as SVG without fonts from elsewhere."""
    console = Console(record=True, width=100, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text(text.rstrip()))
    form = '<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"><style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }} {styles}</style><defs>{lines}</defs>{chrome}<g transform="translate({terminal_x}, {terminal_y})">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>'  # noqa: E501
    file.write_text(console.export_svg(title="bantin status", code_format=form), "utf-8")


async def main(folder: Path) -> None:
    """Make all of them."""
    start = datetime.now(UTC) - (POLLS - 1) * STEP
    english, vietnamese = Newsroom(start, seed=4, stories=16, words=ENGLISH), Newsroom(start, seed=4)
    with tempfile.TemporaryDirectory() as place:
        config = Path(place) / "bantin.toml"
        async with serve(Site(english, "plain/").app) as one, serve(Site(vietnamese).app) as other:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            config.write_text(CONFIG.format(port=port, english=one, vietnamese=other), "utf-8")
            await fill(config, english, vietnamese, start)
            daemon: Any = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "daemon", "run", "--config", str(config), cwd=ROOT,
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                base = f"http://127.0.0.1:{port}/"
                await _ready(base)
                await take(base, folder)
                draw(f"$ bantin status\n{await bantin('status', '--config', str(config))}", folder / "terminal.svg")
            finally:
                daemon.terminate()
                await daemon.wait()


async def _ready(base: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(300):
            try:
                if (await client.get(f"{base}readyz")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise SystemExit("pictures: bantin did not start")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
