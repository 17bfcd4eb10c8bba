"""Teasers from a site's own feed: RSS, Atom or JSON Feed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import fastfeedparser

from feeds.errors import NotAFeedError
from feeds.model import Teaser
from feeds.reading import urls
from feeds.reading.clean import sanitised, text_of_html
from feeds.reading.text import squeeze

MAX_ITEMS = 500


def looks_like_feed(text: str) -> bool:
    """Whether the document's first bytes are those of RSS, Atom, RDF or a JSON Feed."""
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith("{"):
        return "jsonfeed.org/version" in head
    return head.startswith("<") and any(sign in head for sign in ("<rss", "<feed", "<rdf:rdf")) and "<html" not in head


def read_feed(text: str, url: str) -> list[Teaser]:
    """The feed's items, in its order; those without an address or a title are left out.

    Raises `NotAFeedError` where the document is none (typically the HTML of an error or a login page).
    """
    if not looks_like_feed(text):
        raise NotAFeedError(
            url, "is no RSS, Atom or JSON feed" + (" but an HTML page" if "<html" in text[:5000].lower() else "")
        )
    try:
        parsed = fastfeedparser.parse(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAFeedError(url, f"cannot be read as a feed ({str(error)[:100]})") from error
    base = url
    teasers: dict[str, Teaser] = {}
    for item in parsed.entries[:MAX_ITEMS]:
        teaser = _teaser(item, base)
        if teaser is not None:
            teasers.setdefault(teaser.url, teaser)
    return list(teasers.values())


def _teaser(item: Any, base: str) -> Teaser | None:
    link = urls.absolute(base, item.get("link") or "")
    title = squeeze(text_of_html(item.get("title") or ""))
    if link is None or not title:
        return None
    content = item.get("content")
    html = content[0].get("value") if content else None
    return Teaser(
        url=urls.clean(link),
        title=title,
        published=_moment(item.get("published") or item.get("updated")),
        summary=squeeze(text_of_html(item.get("description") or item.get("summary") or "")) or None,
        image=_image(item, base),
        authors=(squeeze(item["author"]),) if item.get("author") else (),
        content_html=sanitised(html, base) if html else None,
    )


def _moment(value: str | None) -> datetime | None:
    """fastfeedparser gives ISO 8601 in UTC; a time that it could not read is no time."""
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _image(item: Any, base: str) -> str | None:
    for media in [*(item.get("media_content") or []), *(item.get("enclosures") or [])]:
        kind = f"{media.get('type') or ''} {media.get('medium') or ''}"
        address = urls.absolute(base, media.get("url") or media.get("href"))
        if address and ("image" in kind or address.split("?")[0].lower().endswith((".jpg", ".jpeg", ".png", ".webp"))):
            return address
    return None
