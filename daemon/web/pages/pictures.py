"""Pictures of stories for the pages, fetched by bantin: whoever looks at the pages asks nobody but bantin for anything.

Only pictures of stored stories can be asked for, within the limits that pages of sites have, too. They are kept in
memory while there is room; one that cannot be had is not asked for again for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
from cachetools import LRUCache, TTLCache

from daemon.config import Fetch
from daemon.http.fetch import Fetcher
from daemon.reading.reader import Reader
from daemon.storage import Storage
from daemon.web.feeds.rendered import Document
from feeds.errors import FetchError
from feeds.model import Image
from feeds.reading import urls
from feeds.writing.content import all_pictures

MAX_BYTES = 4_000_000  # of one picture
ROOM = 48_000_000  # bytes of all pictures in memory
AT_ONCE = 12
OF_ONE_CLIENT = 4  # of these, so that one who asks for slow ones leaves room for the others
OF_ONE_HOST = 4  # of these, so that a slow site leaves room for the others
PATIENCE = 8.0  # seconds for one picture
PACE = 0.05  # seconds between requests to one host: a page shows a dozen at once, as a browser would ask for them
MAX_SHARES = 1000  # clients and hosts that are remembered
MAX_MISSING = 10_000  # pictures that could not be had and are remembered
FORGET = 600.0  # seconds after which a picture that could not be had is tried again

# What is shown where a picture cannot be had.
MISSING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 100" width="640" height="400">'
    b'<path d="M0 0h160v100H0z" fill="#888" fill-opacity=".12"/>'
    b'<path d="M62 62l12-16 9 11 5-6 10 11z" fill="#888" fill-opacity=".4"/>'
    b'<circle cx="92" cy="41" r="4" fill="#888" fill-opacity=".4"/></svg>'
)

# What a file begins with, at which byte, and what it is; nothing that could hold a script (SVG) is passed on.
_KINDS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
)


class Pictures:
    """Pictures by story and number. `close` it at the end."""

    def __init__(
        self, fetch: Fetch, storage: Storage, reader: Reader, clock: Callable[[], float] = time.monotonic
    ) -> None:
        limits = msgspec.structs.replace(
            fetch, host_interval=PACE, max_bytes=min(fetch.max_bytes, MAX_BYTES), timeout=min(fetch.timeout, PATIENCE)
        )
        self._fetcher, self._storage = Fetcher(limits, reader, connections=AT_ONCE), storage
        self._kept: LRUCache[str, Document] = LRUCache(ROOM, lambda document: len(document.body))
        self._missing: TTLCache[str, bool] = TTLCache(MAX_MISSING, FORGET, clock)
        self._turns: dict[str, asyncio.Lock] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._shares: dict[str, asyncio.Semaphore] = {}  # of clients and of hosts that are waited for

    async def close(self) -> None:
        """Close all connections."""
        await self._fetcher.close()

    async def get(self, entry_id: str, number: int, client: str = "") -> Document | None:
        """The story's picture of that number, counted from 0; None where there is none, or it cannot be had.

        ``client`` is who asks.
        """
        url = await self._address(entry_id, number)
        if url is None:
            return None
        async with self._turns.setdefault(url, asyncio.Lock()):
            try:
                return await self._picture(url, client)
            finally:
                self._turns.pop(url, None)

    async def _address(self, entry_id: str, number: int) -> str | None:
        """Where the picture is. (In a function of its own: who waits for a picture keeps no story in memory.)"""
        stories = await self._storage.story(entry_id, last=1)
        images: list[Image] = all_pictures(stories[-1][1][-1].article) if stories and stories[-1][1] else []
        return images[number].url if 0 <= number < len(images) else None

    async def _picture(self, url: str, client: str) -> Document | None:
        kept = self._kept.get(url)
        if kept is not None or url in self._missing:
            return kept
        of_client = self._share(f"client {client}", OF_ONE_CLIENT)
        of_host = self._share(f"host {urls.host(url)}", OF_ONE_HOST)
        async with of_client, of_host, self._at_once:
            found = await self._fetched(url)
        if found is None:
            self._missing[url] = True
        else:
            self._kept[url] = found
        return found

    def _share(self, name: str, most: int) -> asyncio.Semaphore:
        if len(self._shares) > MAX_SHARES:
            self._shares = {of: share for of, share in self._shares.items() if share.locked()}
        return self._shares.setdefault(name, asyncio.Semaphore(most))

    async def _fetched(self, url: str) -> Document | None:
        try:
            page = await self._fetcher.fetch(url)
        except FetchError:
            return None
        kind = kind_of(page.body) if page else None
        if page is None or kind is None:
            return None
        etag = blake2b(page.body, digest_size=12).hexdigest()
        now = datetime.now(UTC).replace(microsecond=0)
        return Document(body=page.body, packed={}, content_type=kind, etag=etag, changed=now)


def kind_of(body: bytes) -> str | None:
    """The media type of a picture, by its first bytes; None for anything else."""
    return next((kind for at, sign, kind in _KINDS if body[at : at + len(sign)] == sign), None)
