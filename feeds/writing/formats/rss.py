"""RSS 2.0 (https://www.rssboard.org/rss-specification), by lxml.

feedgen cannot do it: for each date it sets the locale of the whole process, it wants an e-mail address for an author,
and its only link is the channel's. What RSS has no word for is said in those of Atom, Dublin Core, Media RSS and the
content module, as the RSS Advisory Board's profile advises.
"""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime
from html import escape
from typing import Any

import lxml.etree as etree

from feeds.deciding.recordings import episode_of
from feeds.writing import podcast
from feeds.writing.feed import Feed
from feeds.writing.media import add_media, with_length
from feeds.writing.shown import Shown, language, rfc3339, said, shown
from feeds.writing.xml import ATOM, HISTORY, MEDIA, add, set_language

CONTENT_TYPE = "application/rss+xml; charset=utf-8"
TITLE = "RSS"

CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
_SPACES = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}
_TYPE = "application/rss+xml"


def write(feed: Feed) -> bytes:
    """The feed document, entries in the given order. Tombstones are Atom's: a story that is gone is just absent."""
    archived = feed.place.number is not None
    more = ({"fh": HISTORY} if archived else {}) | (podcast.SPACES if feed.spec.podcast else {})
    root = etree.Element("rss", version="2.0", nsmap=_SPACES | more)
    channel = add(root, "channel")
    title = said(feed.spec.title, feed.spec.id)
    add(channel, "title", title)
    add(channel, "link", feed.page)
    add(channel, "description", feed.spec.show.description or title)  # required
    if spoken := language(feed.spec.language):
        add(channel, "language", spoken)
    add(channel, "lastBuildDate", rfc822(feed.updated))  # "the last time the content of the channel changed"
    add(channel, "generator", "bantin" if archived else f"bantin {feed.version}")  # why: see `formats.atom`
    for rel, href in feed.links("rss"):
        add(channel, "link", space=ATOM, href=href, rel=rel, type=None if rel == "hub" else _TYPE)
    if feed.spec.podcast:
        podcast.add_channel(channel, feed)
    if archived:
        add(channel, "archive", space=HISTORY)  # RFC 5005 section 4, which is for RSS, too
    for entry in shown(feed):
        _item(channel, feed, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def rfc822(moment: datetime) -> str:
    """A moment as RSS has it, in UTC."""
    return email.utils.format_datetime(moment.astimezone(UTC), usegmt=True)


def _item(channel: Any, feed: Feed, entry: Shown) -> None:
    item = add(channel, "item")
    set_language(item, entry.language)
    add(item, "title", entry.title)
    if entry.url:
        add(item, "link", entry.url)
    # "If the guid element has an attribute named isPermaLink with a value of true, the reader may assume that it is a
    # permalink": an entry's id is none.
    add(item, "guid", entry.id, isPermaLink="false")
    if entry.published:
        add(item, "pubDate", rfc822(entry.published))
    add(item, "updated", rfc3339(entry.updated), space=ATOM)  # RSS has no word for it
    for name in entry.authors:
        add(item, "creator", name, space=DC)
    for category in entry.categories:
        add(item, "category", category)
    if entry.summary:
        add(item, "description", escape(entry.summary, quote=False))  # a description is HTML
    if entry.content:
        add(item, "encoded", entry.content, space=CONTENT)
    if entry.rights:
        add(item, "rights", entry.rights, space=DC)
    if entry.origin:
        add(item, "source", said(entry.origin.title, entry.origin.id), url=feed.address("rss", entry.origin.id))
    for href, title in entry.related:
        add(item, "link", space=ATOM, href=href, rel="related", type="text/html", title=title)
    media = episode_of(entry.media, feed.spec.podcast) if feed.spec.podcast else with_length(entry.media)
    if media is not None and media.bytes and media.type:  # one at most: players know no more of an item
        add(item, "enclosure", url=media.url, length=media.bytes, type=media.type)
    add_media(item, entry.images, entry.media, captions=bool(entry.summary))
    if feed.spec.podcast:
        podcast.add_episode(item, feed, entry)
