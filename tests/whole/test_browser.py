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
MISSING = "404 (Not Found)"  # what a browser says of a page that is not there, and rightly


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


async def addresses(daemon: Live) -> dict[str, tuple[str, int]]:
    """The pages to look at, by a name for their pictures, and the status that they have."""
    entry = (await daemon.entries())[0]
    return {
        "home": ("", 200),
        "changes": ("changes", 200),
        "sources": ("sources", 200),
        "source": ("sources/song-van/", 200),
        "deliveries": ("deliveries", 200),
        "feeds": ("feeds/", 200),
        "feed": ("feeds/song-van/", 200),
        "composed": ("feeds/rung-va-bien/", 200),
        "atom": ("feeds/song-van.atom", 200),
        "json": ("feeds/song-van.json", 200),
        "article": (f"articles/{entry.id.removeprefix('urn:uuid:')}/", 200),
        "search": ("search?q=song", 200),
        "nothing": ("search?q=zzzz", 200),
        "question": ("search", 200),
        "missing": ("nowhere/at/all", 404),
    }


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_pages_in_a_browser(
    daemon: Live, chromium: Any, size: str, scheme: str, language: str, tmp_path: Path
) -> None:
    """People would see an error, a page wider than their phone, something they cannot read, or be told on elsewhere."""
    width, height = SIZES[size]
    view = {"width": width, "height": height}
    context = await chromium.new_context(viewport=view, color_scheme=scheme, locale=language)
    page = await context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    folder = Path(os.environ.get("BANTIN_ARTEFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (path, status) in (await addresses(daemon)).items():
        answer = await page.goto(daemon.base + path, wait_until="networkidle")
        assert answer is not None and answer.status == status, path
        assert await page.get_attribute("html", "lang") == language
        await page.evaluate("scrollTo(0, document.body.scrollHeight)")  # pictures that wait until they are seen
        await page.wait_for_load_state("networkidle")
        await page.evaluate("scrollTo(0, 0)")
        await page.screenshot(path=folder / f"{name}-{size}-{scheme}-{language}.png", full_page=True)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is too wide"
        assert not await barriers(page), path
        assert [line for line in said if status == 200 or MISSING not in line] == [], path
        said.clear()
    assert all(url.startswith(daemon.base) for url in asked), asked
    await context.close()


async def barriers(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds serious or critical, and where."""
    found = (await axe.Axe().run(page)).response["violations"]
    return [
        (item["id"], node["html"])
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


async def test_pages_without_javascript(daemon: Live, chromium: Any) -> None:
    """Whoever has switched scripts off would find no way to a story and back, or to their language."""
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(daemon.base)
    title = await page.inner_text("article h2 a >> nth=0")
    await page.click("article h2 a >> nth=0")
    assert "/articles/" in page.url
    assert await page.inner_text("h1") == title
    await page.click(".story > .meta a[href*=feeds]")
    assert page.url == f"{daemon.base}feeds/song-van/"
    await page.click(".name a")
    assert page.url == daemon.base
    await page.fill("input[name=q]", "song")
    await page.press("input[name=q]", "Enter")
    assert "/search?q=song" in page.url
    found = await page.locator("article").count()
    assert found > 0
    await page.click(".languages a[lang=vi]")
    assert await page.get_attribute("html", "lang") == "vi"
    assert await page.locator("article").count() == found
    await page.click(".name a")
    assert await page.get_attribute("html", "lang") == "vi"
    await context.close()


async def test_with_the_keyboard(daemon: Live, chromium: Any) -> None:
    """Whoever has no mouse would have to go through the search box before each page, or not see where they are."""
    page = await chromium.new_page()
    await page.goto(daemon.base)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    assert (await page.locator(".skip").bounding_box())["x"] >= 0
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("!!document.activeElement.closest('main')")
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
async def test_feed_in_a_browser_can_be_read(daemon: Live, chromium: Any, form: str) -> None:
    """Who opens the feed's address would see markup or a download, while readers must get exactly the feed."""
    page = await chromium.new_page()
    address = f"{daemon.base}feeds/song-van.{form}"
    await page.goto(address)
    assert await page.inner_text(".note code") == address
    assert await page.locator("article").count() > 0
    plain = await daemon.get(f"feeds/song-van.{form}")
    assert "html" not in plain.headers["content-type"]
    await page.goto(f"{daemon.base}healthz")
    inside = await page.evaluate("to => fetch(to).then(answer => answer.headers.get('content-type'))", address)
    assert inside == plain.headers["content-type"]  # a reader that runs in a browser


async def test_an_address_is_copied(daemon: Live, chromium: Any) -> None:
    """Who wants to subscribe would have to mark an address with the mouse, and miss its end."""
    context = await chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    address = f"{daemon.base}feeds/song-van.atom"
    await page.goto(address)
    await page.click(".copy")
    assert await page.evaluate("navigator.clipboard.readText()") == address
    await context.close()


async def test_signing_in_and_pausing(daemon: Live, chromium: Any) -> None:
    """An editor who signs in would find no button, or one that does nothing; on a phone, one too small to touch."""
    assert await daemon.stop() == 0
    text = daemon.config.read_text("utf-8").replace("[server]\n", '[server]\nadmin_token = "the-token"\n')
    daemon.config.write_text(text, "utf-8")
    await daemon.start()
    context = await chromium.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{daemon.base}sources/song-van/")
    await page.click("main a[href*=sign-in]")
    await page.fill("main input[type=password]", "the-token")
    await page.press("main input[type=password]", "Enter")
    await page.goto(f"{daemon.base}sources/song-van/")
    await page.click("button[value=pause]")
    assert "Paused" in await page.inner_text(".alarm")
    assert await page.inner_text(".state") == "Paused"
    for selector in ("nav.main a", "form.changes button", ".subscribe a", ".languages a"):
        for box in [await item.bounding_box() for item in await page.locator(selector).all()]:
            assert box["height"] >= 44, selector
    await page.click("button[value=resume]")
    assert await page.inner_text(".state") == "Working"
    await page.click("text=Sign out")
    await page.goto(f"{daemon.base}sources/song-van/")
    assert await page.locator("form.changes").count() == 0
    await context.close()
