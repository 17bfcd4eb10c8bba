"""The browser itself: started when it is needed, watched, ended, and started anew."""

from __future__ import annotations

import asyncio
import importlib.util
import secrets
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from daemon import config, logs
from daemon.browser.nowhere import Nowhere
from daemon.browser.visit import Rendered, Visit
from daemon.http.fetch import Fetcher, Part
from feeds.errors import BrowserError, BrowserMissingError
from feeds.model import Page
from feeds.reading import urls

if TYPE_CHECKING:
    import psutil
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright

# The command that gets what drives the browser, for the environment that bantin runs in; the packaged one has no pip.
_PIP = "-m pip" if importlib.util.find_spec("pip") else f"python3 -m pip --python {sys.executable}"
GET_PLAYWRIGHT = f"{f'{sys.executable} ' if _PIP[0] == '-' else ''}{_PIP} install playwright psutil"
PAGES = 200  # after which it is started anew: what leaks, leaks in months otherwise
GROWN = 2_000_000_000  # bytes of all its processes together, after which as well
PAGE_MEMORY = 1_000_000_000  # bytes of the process of one page; the largest front pages need 300 MB
LOOKED_EVERY = 0.5  # seconds between two looks at its memory
IDLE = 300.0  # seconds without a page, after which it is ended
STARTED_WITHIN = 30.0  # seconds
CLOSED_WITHIN = 5.0  # seconds
AGAIN = 60.0  # seconds after which one that could not be started is tried again
VIEW = {"width": 1280, "height": 2000}  # of a tall screen: lists that load what comes into sight show more at once
ARGUMENTS = (
    "--disable-gpu", "--mute-audio", "--disable-background-networking", "--disable-component-update",
    "--disable-domain-reliability", "--disable-sync", "--no-first-run", "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp", "--js-flags=--max-old-space-size=512",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--dns-prefetch-disable",
)  # fmt: skip


class _Running:
    """A browser that runs, with the driver that leads it and the proxy that leads it nowhere."""

    def __init__(self, driver: Playwright, chromium: Chromium, proxy: str, nowhere: Nowhere, token: str) -> None:
        self.driver, self.chromium, self.proxy, self.nowhere, self.token = driver, chromium, proxy, nowhere, token
        self.visits = self.open = 0
        self.leaving = False

    def processes(self) -> list[psutil.Process]:
        """Its processes, the outermost first; none where it is not of this machine, or is gone."""
        import psutil

        if not self.token:
            return []
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if self.token in child.cmdline():
                    return [child, *child.children(recursive=True)]
        return []

    def kill(self) -> None:
        """End it, whatever it does."""
        import psutil

        for process in reversed(self.processes()):
            with suppress(psutil.Error):
                process.kill()

    async def end(self) -> None:
        """Close it; kill it where it does not close."""
        with suppress(Exception):
            async with asyncio.timeout(CLOSED_WITHIN):
                await self.chromium.close()
        await asyncio.to_thread(self.kill)
        with suppress(Exception):
            async with asyncio.timeout(CLOSED_WITHIN):
                await self.driver.stop()
        await self.nowhere.close()


class Browser:
    """Runs the scripts of pages. One for the whole program; `close` it at the end.

    ``refused`` counts the requests that pages were not granted, by reason; ``visits`` all pages, ``failed`` those that
    could not be shown, ``starts`` the browsers.
    """

    def __init__(self, how: config.Browser, fetcher: Fetcher) -> None:
        self._how, self._fetcher = how, fetcher
        self._turns = asyncio.Semaphore(how.at_once)
        self._starting = asyncio.Lock()
        self._running: _Running | None = None
        self._fault: tuple[float, BrowserError] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._kept = _Kept()
        self._closed_for_good = False
        self.refused: Counter[str] = Counter()
        self.visits = self.failed = self.starts = 0

    async def render(self, page: Page, *, others: bool = False, more: int = 0) -> Rendered:
        """What the page is when its scripts have run, with ``more`` of its list loaded, as often as it can be.

        ``others``: it may ask other publishers' servers, too. Raises `BrowserError`.
        """
        async with self._turns:
            running = await self._start()
            running.open += 1
            self.visits += 1
            try:
                found = await self._visit(running, page, others, more)
            except BrowserError:
                self.failed += 1
                raise
            finally:
                running.open -= 1
                await self._tidy(running)
        return found

    async def close(self) -> None:
        """End the browser."""
        if self._idle is not None:
            self._idle.cancel()
        self._closed_for_good = True
        async with self._starting:
            running, self._running = self._running, None
        if running is not None:
            await running.end()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def version(self) -> str:
        """Which browser it is; starts it. Raises `BrowserError`."""
        return (await self._start()).chromium.version

    # -- one page

    async def _visit(self, running: _Running, page: Page, others: bool, more: int) -> Rendered:
        room = self._how.max_bytes
        visit = Visit(page, self._ask, self._fetcher.fetch, others=others, room=room)
        context = None
        try:
            async with asyncio.timeout(self._how.timeout), self._watched(running):
                context = await running.chromium.new_context(
                    accept_downloads=False, service_workers="block", viewport=VIEW,  # type: ignore[arg-type]
                    user_agent=self._fetcher.config.user_agent, permissions=[], ignore_https_errors=False,
                    proxy={"server": running.proxy, "bypass": "<-loopback>"},
                )  # fmt: skip
                try:
                    found = await visit.render(context, more)
                finally:
                    await self._closed(running, context)
        except TimeoutError:
            if context is None:  # the browser itself hangs
                await self._given_up(running)
                raise BrowserError(page.url, "the browser does not answer") from None
            cause = f"its scripts were not done within {self._how.timeout:g} s ([browser] timeout)"
            raise BrowserError(page.url, cause) from None
        except BrowserError:
            raise
        except Exception as error:  # Playwright's are many, and only its words tell them apart
            if not running.chromium.is_connected():
                running.leaving = True
            raise BrowserError(page.url, f"the browser failed: {_line(error)}") from error
        self.refused.update(found.refused)
        if found.examples:
            logs.get().info(
                "browser refused", url=page.url, count=sum(found.refused.values()), such_as=found.examples[:5]
            )
        return found

    async def _ask(
        self, url: str, method: str, headers: dict[str, str], body: bytes | None, room: int,
        allowed: Callable[[str], bool], is_script: bool,
    ) -> Part:  # fmt: skip
        """A request of a page; scripts that stay fresh are kept: those of a site are the same on all of its pages."""
        keeps = is_script and method == "GET" and not {"cookie", "authorization"} & headers.keys()
        key = f"{urls.host(headers.get('referer', ''))} {url}"  # what one site is sent, no other gets to see
        kept = self._kept.get(key) if keeps else None
        if kept is None:
            kept = await self._fetcher.part(url, method, headers, body, min(room, self._how.max_bytes), allowed)
            if keeps:
                self._kept.put(key, kept)
        return kept

    async def _closed(self, running: _Running, context: Any) -> None:
        """Close the page's context, with all that it holds; a browser that cannot, is ended."""
        try:
            async with asyncio.timeout(CLOSED_WITHIN):
                await context.close()
        except Exception:  # noqa: BLE001  # it hangs, or is gone
            await self._given_up(running)

    @staticmethod
    async def _given_up(running: _Running) -> None:
        """Show no more pages in a browser; end it at once, where it shows none."""
        running.leaving = True
        if running.open == 1:
            await asyncio.to_thread(running.kill)

    @asynccontextmanager
    async def _watched(self, running: _Running) -> AsyncIterator[None]:
        """End the processes of pages that grow without end, as long as one is shown."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(LOOKED_EVERY)
                await asyncio.to_thread(_end_large, running)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()

    # -- the browser

    async def _start(self) -> _Running:
        async with self._starting:
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
            if self._closed_for_good:
                raise BrowserError("", "bantin is being ended")
            if self._running is not None:
                if not self._running.leaving and self._running.chromium.is_connected():
                    return self._running
                gone, self._running = self._running, None
                gone.leaving = True
                if gone.open == 0:
                    self._end_later(gone)
            now = asyncio.get_running_loop().time()
            if self._fault is not None and now - self._fault[0] < AGAIN:
                raise self._fault[1]
            try:
                async with asyncio.timeout(STARTED_WITHIN):
                    self._running = await self._started()
            except (BrowserError, TimeoutError) as error:
                fault = error if isinstance(error, BrowserError) else BrowserMissingError("", "does not start in time")
                self._fault = now, fault
                raise fault from None
            self._fault = None
            self.starts += 1
            return self._running

    async def _started(self) -> _Running:
        try:
            from playwright.async_api import async_playwright
        except ImportError:
            raise BrowserMissingError("", f"Playwright is missing; get it with: {GET_PLAYWRIGHT}") from None
        command = shutil.which(self._how.command) if self._how.command else None
        if self._how.command and command is None:
            cause = f"there is no {self._how.command!r} ([browser] command); get it with: sudo apt-get install chromium"
            raise BrowserMissingError("", cause)
        nowhere = Nowhere(lambda what: self._told("past the interception", what))
        token = f"--bantin-browser={secrets.token_hex(8)}" if command else ""
        driver = None
        try:
            proxy = await nowhere.open()
            driver = await async_playwright().start()
            if command is None:
                chromium = await driver.chromium.connect_over_cdp(_http(self._how.url))
            else:
                chromium = await driver.chromium.launch(
                    executable_path=command, chromium_sandbox=self._how.sandbox, args=[*ARGUMENTS, token],
                    proxy={"server": proxy, "bypass": "<-loopback>"}, timeout=STARTED_WITHIN * 1000,
                    handle_sigint=False, handle_sigterm=False, handle_sighup=False,
                )  # fmt: skip
        except BaseException as error:
            await nowhere.close()
            if driver is not None:
                with suppress(Exception):
                    await driver.stop()
            if not isinstance(error, Exception):
                raise
            where = f"{self._how.command!r} ([browser] command)" if command else f"{self._how.url} ([browser] url)"
            hint = ""
            if "sandbox" in str(error).lower() and self._how.sandbox:
                hint = "; its sandbox does not work here, as for root: run bantin as another user ([browser] sandbox)"
            raise BrowserMissingError("", f"{where} does not start: {_line(error)}{hint}") from None
        return _Running(driver, chromium, proxy, nowhere, token)

    def _told(self, why: str, what: str) -> None:
        self.refused[why] += 1
        logs.get().debug("browser refused", why=why, what=what)

    async def _tidy(self, running: _Running) -> None:
        """End a browser that has had its time, when its last page is done; end an idle one in a while."""
        running.visits += 1
        grown = running.visits % 10 == 0 and await asyncio.to_thread(_size, running) > GROWN
        running.leaving = running.leaving or running.visits >= PAGES or grown
        if running.leaving and running.open == 0:
            if self._running is running:
                self._running = None
            self._end_later(running)
        elif running.open == 0:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = asyncio.get_running_loop().call_later(IDLE, self._leave)

    def _leave(self) -> None:
        running, self._running, self._idle = self._running, None, None
        if running is not None and running.open == 0:
            self._end_later(running)

    def _end_later(self, running: _Running) -> None:
        ending = asyncio.create_task(running.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


class _Kept:
    """Answers that stay fresh for a while, the first to come the first to go."""

    ROOM = 30_000_000  # bytes
    AT_MOST = 3600.0  # seconds, whatever the server says

    def __init__(self) -> None:
        self._parts: dict[str, tuple[float, Part]] = {}
        self._size = 0

    def get(self, url: str) -> Part | None:
        found = self._parts.get(url)
        if found is None:
            return None
        if found[0] < asyncio.get_running_loop().time():
            self._drop(url)
            return None
        return found[1]

    def put(self, url: str, part: Part) -> None:
        if part.status != 200 or part.fresh_for <= 0 or len(part.body) > self.ROOM // 10:
            return
        self._drop(url)
        self._parts[url] = asyncio.get_running_loop().time() + min(part.fresh_for, self.AT_MOST), part
        self._size += len(part.body) + 1000
        while self._size > self.ROOM:
            self._drop(next(iter(self._parts)))

    def _drop(self, url: str) -> None:
        found = self._parts.pop(url, None)
        if found is not None:
            self._size -= len(found[1].body) + 1000


def _end_large(running: _Running) -> None:
    """End the processes of pages that have grown too large."""
    import psutil

    for process in running.processes()[1:]:
        with suppress(psutil.Error):
            if process.memory_info().rss > PAGE_MEMORY and "--type=renderer" in process.cmdline():
                process.kill()


def _size(running: _Running) -> int:
    import psutil

    total = 0
    for process in running.processes():
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def _http(url: str) -> str:
    """Where Chromium says what its socket is called: a bare "ws://host:port" names none."""
    scheme, _, rest = url.partition("://")
    if "/" in rest.strip("/"):
        return url
    return f"{scheme.replace('ws', 'http')}://{rest.strip('/')}"


def _line(error: Exception) -> str:
    """The first line of what Playwright says that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]
