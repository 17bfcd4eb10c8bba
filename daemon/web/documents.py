"""Rendered documents, kept until what they show changes: bytes, their gzip, and the validators of both."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec

from daemon import VERSION
from daemon.config import Config
from daemon.storage import Storage
from feeds.deciding.filters import wanted
from feeds.model import Entry, FeedSpec
from feeds.writing.formats import FORMATS
from feeds.writing.values import Feed, Origin

MAX_SCANNED = 20_000  # entries looked at for one feed; a filter that matches less often than that shows what it found
PAGE = 200  # entries read from the store at a time, while a feed's filters are being satisfied


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it goes out. ``etag`` is strong; the gzipped form has its own (RFC 9110 section 8.8.3.3)."""

    body: bytes
    zipped: bytes
    content_type: str
    etag: str
    changed: datetime


def make_document(body: bytes, content_type: str, changed: datetime) -> Document:
    """The document of these bytes. The same bytes always get the same ETag."""
    return Document(
        body=body,
        zipped=gzip.compress(body, 6, mtime=0),
        content_type=content_type,
        etag=blake2b(body, digest_size=12).hexdigest(),
        changed=changed.astimezone(UTC).replace(microsecond=0),
    )


class Documents:
    """Feeds as documents; one that did not change is neither read nor rendered again."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[tuple[str, str, str], tuple[object, Document]] = {}
        self._renderers = ThreadPoolExecutor(2, "render")
        self._turns: dict[tuple[str, str, str], asyncio.Lock] = {}

    async def feed(self, config: Config, feed: FeedSpec, extension: str, base: str) -> Document | None:
        """The feed's document under the address ``base``; None for a format that there is none of."""
        form = FORMATS.get(extension)
        if form is None:
            return None
        name = (feed.id, extension, base)
        async with self._turns.setdefault(name, asyncio.Lock()):
            found = await self._storage.run(self._storage.store.versions, feed.sources)
            version = (tuple(sorted(found.items())), feed, tuple(filter(None, map(config.source, feed.sources))))
            known = self._known.get(name)
            if known is not None and known[0] == version:
                return known[1]
            entries = await self.entries(config, feed, feed.entries)
            changed = max((item.changed for item in found.values()), default=datetime.fromtimestamp(0, UTC))

            def render() -> Document:
                return make_document(form.write(_shown(config, feed, entries, base)), form.CONTENT_TYPE, changed)

            document = await asyncio.get_running_loop().run_in_executor(self._renderers, render)
            if known is not None:
                document = _after(known[1], document)
            self._known[name] = (version, document)
            return document

    async def entries(self, config: Config, feed: FeedSpec, limit: int) -> list[Entry]:
        """The newest entries that the feed shows, the newest first; a story that two sources have is there once."""
        shown: list[Entry] = []
        told: set[str] = set()
        sources = {source.id: source for source in config.sources}
        before: int | None = None
        for _ in range(MAX_SCANNED // PAGE):
            if len(shown) == limit:
                break
            read = self._storage.store.entries
            found = await self._storage.run(read, feed.sources, PAGE, before, merge=feed.merge)
            for number, entry in found:
                before = number
                source = sources.get(entry.story.source_id)
                name = entry.story.entry_id
                if source is None or name in told or len(shown) == limit or not wanted(entry.article, source, feed):
                    continue
                told.add(name)
                shown.append(entry)
            if len(found) < PAGE:
                break
        return shown


def _after(before: Document, document: Document) -> Document:
    """The document that replaces another: the same one where nothing shows, else with a later Last-Modified.

    The configuration may have changed without any story, or a story twice within one second.
    """
    if before.etag == document.etag:
        return before
    later = before.changed + timedelta(seconds=1)
    return document if document.changed >= later else msgspec.structs.replace(document, changed=later)


def _shown(config: Config, feed: FeedSpec, entries: list[Entry], base: str) -> Feed:
    """The feed as a format's writer wants it."""
    sources = [source for name in feed.sources if (source := config.source(name)) is not None]
    return Feed(
        spec=feed,
        base=base,
        version=VERSION,
        entries=tuple(entries),
        site=site_of(config, feed),
        origins={
            source.id: Origin(id=source.id, title=source.title, site=source.urls[0], full_text=source.full_text)
            for source in sources
        },
    )


def site_of(config: Config, feed: FeedSpec) -> str | None:
    """The page that a feed is of: the source's first address, where it has one source only."""
    source = config.source(feed.sources[0]) if len(feed.sources) == 1 else None
    return source.urls[0] if source else None
