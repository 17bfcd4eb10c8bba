"""Feeds as files, for nginx or a static host: what bantin would answer, under the same paths.

Each file is replaced whole: whoever reads it meanwhile has the old one or the new one. Beside it stand its packed
forms (``.br``, ``.gz``), which nginx serves with ``brotli_static`` and ``gzip_static``. Files of feeds that are no more
are left: their subscribers would lose what they have.
"""

from __future__ import annotations

from pathlib import Path

from daemon.config import Config
from daemon.files import write_whole
from daemon.web.feeds.rendered import Document, Documents
from feeds.errors import StateError
from feeds.model import FeedSpec
from feeds.writing import opml
from feeds.writing.formats import FORMATS

ENDINGS = {"br": ".br", "gzip": ".gz"}
LIVELY = 2  # archives that are looked at with every change: the newest gets its last stories and a link to the next


class Publisher:
    """Writes documents into a folder; each only when it is another one."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._written: dict[Path, str] = {}
        self._archives: dict[tuple[str, str], int] = {}

    async def publish(self, config: Config, *, thoroughly: bool = False) -> int:
        """Write what changed; returns how many files. ``thoroughly`` looks at every archive, not at the newest only.

        Raises `StateError` where the folder cannot be written to.
        """
        folder = config.publish
        if folder is None:
            return 0
        count = 0
        for feed in config.feeds:
            for extension in FORMATS:
                count += await self._feed(config, feed, extension, folder, thoroughly)
        body = opml.render(config.feeds, base=config.server.public_url)
        return count + _write(folder / "opml", body, None)

    async def _feed(self, config: Config, feed: FeedSpec, extension: str, folder: Path, thoroughly: bool) -> int:
        base = config.server.public_url
        document = await self._documents.feed(config, feed, extension, base)
        path = folder / "feeds" / f"{feed.id}.{extension}"
        changed = document is not None and self._put(path, document, force=thoroughly)
        if not changed and not thoroughly:
            return 0
        known = self._archives.get((feed.id, extension), 0)
        number = 1 if thoroughly or not known else max(1, known - LIVELY + 1)
        count = int(changed)
        while (archive := await self._documents.feed(config, feed, extension, base, number)) is not None:
            count += self._put(folder / "feeds" / feed.id / "archive" / f"{number}.{extension}", archive)
            number += 1
        self._archives[feed.id, extension] = number - 1
        return count

    def _put(self, path: Path, document: Document, *, force: bool = False) -> bool:
        if self._written.get(path) == document.etag and not force:
            return False
        written = _write(path, document.body, document.changed.timestamp())
        for coding, ending in ENDINGS.items():
            if coding in document.packed:
                _write(path.with_name(path.name + ending), document.packed[coding], document.changed.timestamp())
        self._written[path] = document.etag
        return written


def _write(path: Path, body: bytes, changed: float | None) -> bool:
    """Replace the file at once, if it is another one; returns whether it was."""
    try:
        if path.exists() and path.read_bytes() == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, body, mode=0o644, changed=changed)  # what is published is for everybody
    except OSError as error:
        hint = "give bantin's user write access to [publish] directory, and free space"
        raise StateError(str(path), f"cannot be written ({error.strerror or error})", hint) from error
    return True
