"""Rendered documents, kept until what they show changes: bytes, their packed forms, and the validators of all."""

from __future__ import annotations

import asyncio
import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from weakref import WeakValueDictionary

import brotli
import msgspec
from cachetools import LRUCache

from daemon.config import Config
from daemon.storage import Storage
from daemon.threads import for_pages
from daemon.web.feeds.assemble import Assembler, Versions, failing, for_versions
from feeds.model import Entry, FeedSpec
from feeds.writing.feed import EPOCH, Feed
from feeds.writing.formats import FORMATS, Format

ROOM = 100_000_000  # bytes of documents in memory; what was not asked for longest is rendered again
OVERHEAD = 2_000  # bytes of a document besides what it holds
RENDERED_AT_ONCE = 2  # subscriptions, from reading their texts on; those that wait hold nothing
SHARED = 2_000_000  # characters of a feed's texts that are kept for its other formats: 65 of 100 ms are their making
ARCHIVES_AT_ONCE = 1  # they are as large as documents get, and their readers have time

Name = tuple[str, str, str, int | None, str]  # feed, format, base address, archive, what addresses end with


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it goes out. ``etag`` is strong; packed forms have their own (RFC 9110 section 8.8.3.3).

    ``packed`` holds them by content coding, the best first.
    """

    body: bytes
    packed: dict[str, bytes]
    content_type: str
    etag: str
    changed: datetime


def make_document(body: bytes, content_type: str, changed: datetime) -> Document:
    """The document of these bytes. The same bytes always get the same ETag."""
    return Document(
        body=body,
        packed={"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)},
        content_type=content_type,
        etag=blake2b(body, digest_size=12).hexdigest(),
        changed=changed.astimezone(UTC).replace(microsecond=0),
    )


class Documents:
    """Feeds as documents; one that did not change is neither read nor rendered again.

    What the database says of changes is believed for ``fresh`` seconds, or until this daemon stores something: a
    feed that everybody asks for at once costs one question.
    """

    def __init__(self, storage: Storage, fresh: float = 0.0) -> None:
        self._storage, self._fresh = storage, fresh
        self.assembler = Assembler(storage)
        self._known: LRUCache[Name, tuple[object, Document]] = LRUCache(ROOM, lambda kept: size_of(kept[1]))
        self._shared: tuple[object, Feed] | None = None  # what was rendered last
        self._at_once = asyncio.Semaphore(RENDERED_AT_ONCE)
        self.archives_at_once = asyncio.Semaphore(ARCHIVES_AT_ONCE)
        self._renderers = ThreadPoolExecutor(2, "render")
        self._archives: dict[str, tuple[object, int]] = {}
        self._turns: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()
        self._asked: dict[tuple[str, ...], tuple[float, int, Versions]] = {}

    async def feed(
        self, config: Config, feed: FeedSpec, extension: str, base: str, archive: int | None = None, query: str = ""
    ) -> Document | None:
        """The feed's document under the address ``base``, or one of its archives; None where there is none.

        Its addresses end with ``query``, so that they open for whoever asks (``?token=…``).
        """
        form = FORMATS.get(extension)
        if form is None:
            return None
        name = (feed.id, extension, base, archive, query)
        versions = await self._versions(feed)
        said = failing(config, feed, versions, self._storage.store.clock())
        version = (for_versions(versions), feed, config.hub, tuple(said), *map(config.source, feed.sources))
        known = self._known.get(name)
        if known is not None and known[0] == version:
            return known[1]
        if archive is not None and not 1 <= archive <= await self._last_archive(config, feed, version):
            return None
        async with self._turns.setdefault(name, asyncio.Lock()):
            known = self._known.get(name)
            if known is None or known[0] != version:
                async with self._at_once if archive is None else self.archives_at_once:
                    known = await self._render(form, config, feed, name, version, said)
            return known[1] if known else None

    async def _last_archive(self, config: Config, feed: FeedSpec, version: object) -> int:
        """Asked for once for each change: it takes a look at all that the feed shows."""
        async with self._turns.setdefault((feed.id, "", "", None, ""), asyncio.Lock()):
            known = self._archives.get(feed.id)
            if known is None or known[0] != version:
                known = self._archives[feed.id] = (version, await self.assembler.last_archive(config, feed))
            return known[1]

    def believed_until(self, feed: FeedSpec) -> float:
        """Until when, as `time.monotonic` counts, its document is taken for unchanged without a question."""
        asked = self._asked.get(feed.sources)
        return asked[0] + self._fresh if asked else 0.0

    async def _render(
        self, form: Format, config: Config, feed: FeedSpec, name: Name, version: object, said: list[Entry]
    ) -> tuple[object, Document] | None:
        shown = await self._value(config, feed, name, version, said)
        if shown is None:
            return None
        moments = [item.changed for item in (await self._versions(feed)).values()]
        # The configuration shows in documents, too: titles, rules. When it changed is told by its file.
        changed = max([*moments, await for_pages(_changed, config.file)], default=EPOCH)

        def render() -> Document:
            return make_document(form.write(shown), form.CONTENT_TYPE, changed)

        document = await asyncio.get_running_loop().run_in_executor(self._renderers, render)
        before = self._known.get(name)
        kept = (version, _after(before[1], document) if before else document)
        if size_of(kept[1]) < ROOM:
            self._known[name] = kept
        return kept

    async def _value(
        self, config: Config, feed: FeedSpec, name: Name, version: object, said: list[Entry]
    ) -> Feed | None:
        """What the document shows: for all formats of one version the same value, which a publisher asks in a row."""
        _, _, base, archive, query = name
        wanted = (base, archive, query, version)
        if self._shared is not None and self._shared[0] == wanted:
            return self._shared[1]
        if archive is None:
            value: Feed | None = await self.assembler.subscription(config, feed, base, said, query)
        else:
            last = await self._last_archive(config, feed, version)
            value = await self.assembler.archive(config, feed, base, archive, last, query)
        small = value is not None and sum(len(entry.article.content_html) for entry in value.entries) < SHARED
        self._shared = (wanted, value) if value is not None and small else None
        return value

    async def _versions(self, feed: FeedSpec) -> Versions:
        asked, now, generation = self._asked.get(feed.sources), time.monotonic(), self._storage.generation
        if asked is not None and now - asked[0] < self._fresh and asked[1] == generation:
            return asked[2]
        found = await self._storage.versions(feed.sources)
        self._asked[feed.sources] = (now, generation, found)
        return found


def size_of(document: Document) -> int:
    """How many bytes of memory a document takes, about."""
    return len(document.body) + sum(map(len, document.packed.values())) + OVERHEAD


def _changed(file: Path | None) -> datetime:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file else EPOCH
    except OSError:  # it was there when bantin started
        return EPOCH


def _after(before: Document, document: Document) -> Document:
    """The document that replaces another: the same one where nothing shows, else with a later Last-Modified.

    The configuration may have changed without any story, or a story twice within one second.
    """
    if before.etag == document.etag:
        return before
    later = before.changed + timedelta(seconds=1)
    return document if document.changed >= later else msgspec.structs.replace(document, changed=later)
