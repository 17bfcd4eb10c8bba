"""An entry as every format shows it: decided and cleaned once, so that a format only has to spell it.

No text in here holds a character that XML cannot (`printable`), no address one that is not of the web.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from feeds.model import Entry, Image, Media
from feeds.reading.text import printable
from feeds.writing.content import content_html, language_of, pictures, recordings
from feeds.writing.feed import Feed, Origin
from feeds.writing.phrases import words
from feeds.writing.tidy import LANGUAGE, link


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. ``content`` is None where the feed shows summaries only; ``related`` are addresses with titles.

    ``url`` is None for a story that has no address on the web. ``language`` is None where it is the feed's.
    ``origin`` is the source that it is from, in a feed over several. ``text`` is its text without markup.
    """

    id: str
    title: str
    updated: datetime
    published: datetime | None
    url: str | None
    authors: list[str]
    summary: str | None
    content: str | None
    categories: list[str]
    rights: str | None
    language: str | None
    images: list[Image]
    media: list[Media]
    text: str
    related: list[tuple[str, str]]
    origin: Origin | None


def shown(feed: Feed) -> tuple[Shown, ...]:
    """The feed's entries, in their order, each id once; made once, for all formats that ask."""
    made = vars(feed).get("shown")
    if made is None:
        # RFC 4287 section 4.1.1 wants more of two entries with one id.
        first = {entry.story.entry_id: entry for entry in reversed(feed.entries)}
        made = tuple(_show(feed, first[name]) for name in dict.fromkeys(entry.story.entry_id for entry in feed.entries))
        vars(feed)["shown"] = made
    return made


def _show(feed: Feed, entry: Entry) -> Shown:
    story, article = entry.story, entry.article
    origin = feed.origins.get(story.source_id)
    return Shown(
        id=printable(story.entry_id),
        title=said(article.title, story.url),
        updated=story.updated,
        published=_in_utc(article.published),
        url=link(story.url),
        authors=all_said(article.authors),
        summary=printable(article.summary or "") or None,
        content=_content(feed, entry, origin),
        categories=all_said((article.section, *article.tags)),
        rights=_rights(entry, feed.spec.language),
        language=language(language_of(article, feed.spec.language)),
        images=pictures(article),
        media=recordings(article),
        text=printable(article.body_text),
        related=[(url, printable(other.title)) for other in entry.elsewhere if (url := link(other.url))],
        origin=origin if len(feed.spec.sources) > 1 else None,
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    """A moment that a page told, as long as it is one: the first day of year 1 in Hanoi is none in UTC."""
    try:
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except OverflowError:
        return None


def _content(feed: Feed, entry: Entry, origin: Origin | None) -> str | None:
    if not feed.full_text or (origin is not None and not origin.full_text):
        return None
    change = feed.changes.get(entry.story.entry_id) if feed.show_changes and entry.story.revision > 1 else None
    return content_html(entry, origins=feed.origins, change=change, language=feed.spec.language)


def _rights(entry: Entry, default: str | None) -> str | None:
    """Whose the story is, where its page names a source: "Nguồn: …"."""
    credit = printable(entry.article.credit or "")
    return f"{words(entry.article.language or default)['credit']}: {credit}" if credit else None


def said(text: str, otherwise: str) -> str:
    """The text as XML can hold it, never empty: readers want something to show."""
    return printable(text) or printable(otherwise) or "–"


def all_said(texts: Iterable[str | None]) -> list[str]:
    """Those of the texts that say something, each once, as XML can hold them."""
    return list(dict.fromkeys(filter(None, (printable(text or "") for text in texts))))


def language(name: str | None) -> str | None:
    """A language's name as documents may carry it: pages claim all sorts of things (RFC 4287 section 2)."""
    return name if name and LANGUAGE.fullmatch(name) else None


def rfc3339(moment: datetime) -> str:
    """A moment as Atom and JSON Feed have it (RFC 3339), in UTC, to the second."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
