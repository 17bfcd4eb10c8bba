"""Makes the pictures of README and docs from the demonstration's sites: the pages as they are, in docs/pictures.

    ./run pictures [FOLDER]

Two invented sites, one that fails, some edits and a withdrawn story, all on loopback; Debian's Chromium takes the
pictures, and the terminal's is drawn by Rich from what `bantin status` prints.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import async_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from daemon.demo.english import ENGLISH  # noqa: E402
from daemon.demo.news import Newsroom  # noqa: E402
from daemon.demo.serve import serve  # noqa: E402
from daemon.demo.site import Site  # noqa: E402

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# What is taken: the page, the window, and words that have to be on it.
TAKEN = {
    "stories": ("", WIDE, "The River Times"),
    "changes": ("changes", WIDE, "Now:"),
    "source-failing": ("sources/valley-post/", WIDE, "The page is not there any more"),
    "phone": ("", PHONE, "One source cannot be read"),
}
CONFIG = """
[server]
listen = "127.0.0.1:{port}"
[fetch]
host_interval = "10ms"
allow_networks = ["127.0.0.0/8"]
[defaults]
timezone = "Asia/Ho_Chi_Minh"
interval = "1h"
recheck = ["1s", "2s", "3s"]
[[source]]
id = "river-times"
title = "The River Times"
urls = ["{english}town.htm", "{english}river.htm"]
language = "en"
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
"""


async def bantin(*words: str) -> str:
    """What a command prints; it may fail, as one does whose source fails."""
    ran = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    out, _ = await ran.communicate()
    return out.decode()


async def fill(config: str, english: Newsroom, vietnamese: Newsroom) -> None:
    """Poll while things happen on the sites."""
    await bantin("poll", "--config", config)
    for newsroom in (english, vietnamese):
        newsroom.publish(datetime.now(UTC))
    corrected = english.listed("town")[1]  # a number that was wrong
    number = re.search(r"\d+", corrected.title)
    assert number is not None, "each headline has one"
    right = str(int(number[0]) + 8)
    corrected.title = corrected.title.replace(number[0], right)
    corrected.summary = corrected.summary.replace(number[0], right)
    english.edit(english.listed("river")[1])
    english.listed("river")[3].page = "gone"
    for _ in range(3):
        await asyncio.sleep(2)  # the looks at stories come seconds apart here
        await bantin("poll", "--config", config)


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
            said = await page.inner_text("main")
            if words not in said:
                raise SystemExit(f"pictures: {name} does not show {words!r}, but: {said[:300]}")
            await page.screenshot(path=folder / f"{name}.png")
            print(folder / f"{name}.png", file=sys.stderr)
            await context.close()
        await browser.close()


def draw(text: str, file: Path) -> None:
    """A terminal that shows the text, as SVG without fonts from elsewhere."""
    console = Console(record=True, width=100, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text(text.rstrip()))
    form = '<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg"><style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }} {styles}</style><defs>{lines}</defs>{chrome}<g transform="translate({terminal_x}, {terminal_y})">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>'  # noqa: E501
    file.write_text(console.export_svg(title="bantin status", code_format=form), "utf-8")


async def main(folder: Path) -> None:
    """Make all of them."""
    now = datetime.now(UTC)
    english, vietnamese = Newsroom(now, seed=4, stories=16, words=ENGLISH), Newsroom(now, seed=4)
    with tempfile.TemporaryDirectory() as place:
        config = Path(place) / "bantin.toml"
        async with serve(Site(english, "plain/").app) as one, serve(Site(vietnamese).app) as other:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            config.write_text(CONFIG.format(port=port, english=one, vietnamese=other), "utf-8")
            await fill(str(config), english, vietnamese)
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
