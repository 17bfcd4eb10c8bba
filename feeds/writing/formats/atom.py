"""Atom (RFC 4287), with archives (RFC 5005), tombstones (RFC 6721) and pictures (Media RSS), by feedgen.

feedgen has two traps. An entry's links lose their rel, type and length (its issue 135), and relations that it does not
know are refused: so links are added by extensions. And what is not set defaults to now, so everything is set: the same
entries give the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import lxml.etree  # noqa: F401 – before feedgen, which forgets to import it
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator

from feeds.reading.text import printable
from feeds.writing.feed import Feed, origin_id
from feeds.writing.media import add_media, enclosed
from feeds.writing.shown import Shown, language, rfc3339, said, shown
from feeds.writing.xml import HISTORY, MEDIA, TOMBSTONES, XML, add, set_language

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
TITLE = "Atom"

_TYPE = "application/atom+xml"


def write(feed: Feed) -> bytes:
    """The feed document, entries in the given order."""
    document = FeedGenerator()
    document.register_extension("bantin", _FeedExtension, _EntryExtension, atom=True, rss=False)
    document.bantin.feed = feed
    document.id(feed.id)
    document.title(said(feed.spec.title, feed.spec.id))
    document.author({"name": said(feed.spec.title, feed.spec.id)})
    # Which version wrote an archive is not told: archives "SHOULD NOT change over time" (RFC 5005 section 4).
    version = feed.version if feed.place.number is None else None
    document.generator("bantin", version=version, uri="https://pypi.org/project/bantin/")
    document.updated(feed.updated)
    for entry in shown(feed):
        _add(document, feed, entry)
    return bytes(document.atom_str(pretty=True))


def _add(document: Any, feed: Feed, entry: Shown) -> None:
    item = document.add_entry(order="append")
    item.id(entry.id)
    item.title(entry.title)  # without a type it is text: "<b>" shows as "<b>" (section 3.1.1.1)
    item.updated(entry.updated)
    if entry.published:
        item.published(entry.published)
    for name in entry.authors:
        item.author({"name": name})
    if entry.summary:
        item.summary(entry.summary, type="text")
    if entry.content is not None:
        item.content(entry.content, type="html")
    else:  # "MUST contain at least one atom:link element with a rel attribute value of alternate" (section 4.1.2)
        item.link(href=entry.url or feed.page)
    for category in entry.categories:
        item.category(term=category)
    if entry.rights:
        item.rights(entry.rights)
    item.bantin.feed, item.bantin.entry = feed, entry


def _finish(element: Any, name: str | None) -> None:
    """Times with zone ``Z``, and the language."""
    for tag in ("updated", "published"):
        for child in element.findall(tag):  # feedgen writes Atom's namespace as an attribute, at the end
            child.text = rfc3339(datetime.fromisoformat(child.text).astimezone(UTC))
    set_language(element, name)


class _FeedExtension(BaseExtension):  # type: ignore[misc]
    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        spaces = {"media": MEDIA}
        if self.feed.place.number is not None:
            spaces["fh"] = HISTORY
        return spaces | ({"at": TOMBSTONES} if self.feed.tombstones else {})

    def extend_atom(self, root: Any) -> Any:
        feed = self.feed
        if feed.site:  # every address is whole; readers that look for a base find the site
            root.set(f"{{{XML}}}base", printable(feed.site))
        for rel, href in feed.links("atom"):
            add(root, "link", href=href, rel=rel, type=None if rel == "hub" else _TYPE)
        add(root, "link", href=feed.page, rel="alternate", type="text/html")
        if feed.site:
            add(root, "link", href=feed.site, rel="via", type="text/html")
        if feed.place.number is not None:
            add(root, "archive", space=HISTORY)  # RFC 5005 section 4: this document is an archive
        for gone in feed.tombstones:  # RFC 6721 section 3: ref is the entry's id, when the moment it went
            add(root, "deleted-entry", space=TOMBSTONES, ref=gone.ref, when=rfc3339(gone.when))
        _finish(root, language(feed.spec.language))
        return root


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    feed: Feed
    entry: Shown

    def extend_atom(self, element: Any) -> Any:
        entry = self.entry
        for written in element.findall("link"):  # feedgen's own, see `_add`
            element.remove(written)
        if entry.url or entry.content is None:
            add(element, "link", href=entry.url or self.feed.page, rel="alternate", type="text/html")
        for href, title in entry.related:  # "a resource related to the resource described" (section 4.2.7.2)
            add(element, "link", href=href, rel="related", type="text/html", title=title)
        self._source(element)
        for media in enclosed(entry.media):  # "a related resource that is potentially large in size" (section 4.2.7.2)
            add(
                element, "link", href=media.url, rel="enclosure", type=media.type, length=media.bytes,
                title=printable(media.title or "") or None,
            )  # fmt: skip
        add_media(element, entry.images, entry.media, captions=bool(entry.summary))
        _finish(element, entry.language)
        return element

    def _source(self, element: Any) -> None:
        """Where the entry is from (section 4.2.11): the metadata of the source's own feed."""
        origin = self.entry.origin
        if origin is None:
            return
        title = said(origin.title, origin.id)
        source = add(element, "source")
        add(source, "id", origin_id(origin))
        add(source, "title", title)
        add(source, "updated", rfc3339(origin.updated or self.entry.updated))
        # An entry without authors has its source's (section 4.2.1): the source, and not the feed over several.
        add(add(source, "author"), "name", title)
        add(source, "link", href=self.feed.address("atom", origin.id), rel="self", type=_TYPE)
        if origin.site:
            add(source, "link", href=origin.site, rel="alternate", type="text/html")
