"""Atom (RFC 4287), by feedgen.

feedgen has two traps. An entry's links lose their rel, type and length (its issue 135), so links are added by an
extension. And what is not set defaults to now, so everything is set: the same entries give the same bytes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import lxml.etree as etree  # before feedgen, which forgets to import it
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator

from feeds.model import Entry, FeedSpec, Image
from feeds.reading import urls
from feeds.reading.text import printable
from feeds.writing.content import content_html, language_of, media_type

CONTENT_TYPE = "application/atom+xml; charset=utf-8"

MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287 section 2, atomLanguageTag
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(feed: FeedSpec, entries: Sequence[Entry], *, base: str, site: str | None, version: str) -> bytes:
    """The feed document, entries in the given order.

    ``base`` is the address under which bantin is reached (with a final slash), ``site`` the page that the feed is of.
    """
    document = FeedGenerator()
    document.register_extension("bantin", _FeedExtension, _EntryExtension, atom=True, rss=False)
    document.bantin.language, document.bantin.base = feed.language, site or f"{base}feeds/{feed.id}/"
    document.id(feed_id(feed, site))
    document.title(_said(feed.title, feed.id))
    document.author({"name": _said(feed.title, feed.id)})
    document.generator("bantin", version=version, uri="https://pypi.org/project/bantin/")
    document.updated(max((entry.story.updated for entry in entries), default=EPOCH))
    document.link(href=f"{base}feeds/{feed.id}.atom", rel="self", type="application/atom+xml")
    document.link(href=f"{base}feeds/{feed.id}/", rel="alternate", type="text/html")
    if site:
        document.link(href=site, rel="via", type="text/html")
    for entry in entries:
        _add(document, entry, feed.language)
    return bytes(document.atom_str(pretty=True))


def feed_id(feed: FeedSpec, site: str | None) -> str:
    """The feed's own Atom id; the same wherever bantin is installed, whatever the feed's title becomes."""
    name = f"bantin:{feed.id}:{urls.site(site or '')}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _add(document: Any, entry: Entry, language: str | None) -> None:
    story, article = entry.story, entry.article
    item = document.add_entry(order="append")
    item.id(story.entry_id)
    item.title(_said(article.title, story.url))
    item.updated(story.updated)
    if article.published:
        item.published(article.published)
    for name in _all_said(article.authors):
        item.author({"name": name})
    for summary in _all_said((article.summary,)):
        item.summary(summary, type="text")
    item.content(printable(content_html(entry)), type="html")
    for tag in _all_said((article.section, *article.tags)):
        item.category(term=tag)
    item.bantin.link, item.bantin.images = story.url, article.images
    item.bantin.language = language_of(article, language)


def _said(text: str, otherwise: str) -> str:
    """The text as XML can hold it; feedgen wants it not to be empty, and so do readers."""
    return printable(text) or printable(otherwise)


def _all_said(texts: Iterable[str | None]) -> list[str]:
    """Those of the texts that say something, each once, as XML can hold them."""
    return list(dict.fromkeys(filter(None, (printable(text or "") for text in texts))))


class _Extension:
    language: str | None = None

    def _finish(self, element: Any) -> None:
        """Zones as ``Z``, and the language."""
        for name in ("updated", "published"):
            for child in element.findall(name):  # feedgen writes Atom's namespace as an attribute, at the end
                child.text = datetime.fromisoformat(child.text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.language and _LANGUAGE.fullmatch(self.language):  # pages claim all sorts of things
            element.set(f"{{{XML}}}lang", self.language)


class _FeedExtension(_Extension, BaseExtension):  # type: ignore[misc]
    base: str = ""

    def extend_ns(self) -> dict[str, str]:
        return {"media": MEDIA}

    def extend_atom(self, feed: Any) -> Any:
        feed.set(f"{{{XML}}}base", self.base)
        self._finish(feed)
        return feed


class _EntryExtension(_Extension, BaseEntryExtension):  # type: ignore[misc]
    link: str = ""
    images: tuple[Image, ...] = ()

    def extend_atom(self, entry: Any) -> Any:
        etree.SubElement(entry, "link", href=printable(self.link), rel="alternate", type="text/html")
        for image in self.images:
            self._media(entry, image)
        if self.images:
            etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", url=printable(self.images[0].url))
        self._finish(entry)
        return entry

    @staticmethod
    def _media(entry: Any, image: Image) -> None:
        """Media RSS, with the caption as the picture's description."""
        media = etree.SubElement(entry, f"{{{MEDIA}}}content", url=printable(image.url), medium="image")
        for name, value in (("type", media_type(image.url)), ("width", image.width), ("height", image.height)):
            if value:
                media.set(name, str(value))
        if image.caption:
            description = etree.SubElement(media, f"{{{MEDIA}}}description", type="plain")
            description.text = printable(image.caption)
