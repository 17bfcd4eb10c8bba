"""The pages in a real browser: Debian's Chromium, driven by Playwright, with axe-core looking for barriers.

Screenshots are kept where $BANTIN_ARTEFACTS names a folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.whole.live import Live, live, until

async_api = pytest.importorskip("playwright.async_api")
axe = pytest.importorskip("axe_playwright_python.async_playwright")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"),
]
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture
async def daemon(tmp_path: Path) -> AsyncIterator[Live]:
    """The daemon with the stories of the invented site."""
    async with live(tmp_path) as parts:
        await parts.start()
        await until(lambda: parts.log_lines("polled"))
        yield parts


@pytest.fixture
async def chromium() -> AsyncIterator[Any]:
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def addresses(daemon: Live) -> dict[str, str]:
    """The pages to look at, by a name for their pictures."""
    entry = (await daemon.entries())[0]
    return {
        "home": "",
        "home-vi": "?lang=vi",
        "feed": "feeds/song-van/",
        "atom": "feeds/song-van.atom",
        "article": f"articles/{entry.id.removeprefix('urn:uuid:')}/",
        "search": "search?q=song",
        "nothing": "search?q=zzzz",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_pages_in_a_browser(daemon: Live, chromium: Any, size: str, scheme: str, tmp_path: Path) -> None:
    """People would see an error, a page wider than their phone, something they cannot read, or be told on elsewhere."""
    width, height = SIZES[size]
    context = await chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = await context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    folder = Path(os.environ.get("BANTIN_ARTEFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in (await addresses(daemon)).items():
        answer = await page.goto(daemon.base + path, wait_until="networkidle")
        assert answer is not None and answer.status == 200, path
        await page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
        if name != "atom":
            found = (await axe.Axe().run(page)).response["violations"]
            bad = [
                (item["id"], item["nodes"][0]["html"]) for item in found if item["impact"] in ("serious", "critical")
            ]
            assert not bad, (path, bad)
    assert not said, said
    assert all(url.startswith(daemon.base) for url in asked), asked
    await context.close()


async def test_pages_without_javascript(daemon: Live, chromium: Any) -> None:
    """Whoever has switched scripts off would find no way from the front page to a story and back."""
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(daemon.base)
    await page.click("main h3 a >> nth=0")
    assert "/feeds/song-van/" in page.url
    await page.goto(daemon.base)
    await page.fill("input[name=q]", "song")
    await page.press("input[name=q]", "Enter")
    assert "/search?q=song" in page.url
    assert await page.locator("article").count() > 0
    await context.close()


async def test_feed_in_a_browser_can_be_read(daemon: Live, chromium: Any) -> None:
    """Who opens the feed's address would see XML, while readers must get exactly the feed."""
    page = await chromium.new_page()
    await page.goto(daemon.base + "feeds/song-van.atom")
    assert "Rừng" in await page.content() or await page.locator("article, h1, h2").count() > 0
    plain = await daemon.get("feeds/song-van.atom")
    assert plain.headers["content-type"].startswith("application/atom+xml")
