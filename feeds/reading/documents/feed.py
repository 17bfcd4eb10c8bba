"""Teasers from a site's own feed: RSS, Atom or JSON Feed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import fastfeedparser

from feeds.errors import NotAFeedError
from feeds.model import Teaser
from feeds.reading import urls
from feeds.reading.dates.parse import parse_date
from feeds.reading.page.clean import sanitised, text_of_html
from feeds.reading.text import squeeze

MAX_ITEMS = 500
# Bytes of memory of all items' texts; the stories of those beyond are read from their pages. Parsers open what was not
# closed again in each paragraph: a text may become eighty times as long.
MAX_HTML = 8_000_000
MAX_GUID = 500  # characters; a longer one names nothing that anybody remembers
MAX_TAGS = 20
_UTC = ZoneInfo("UTC")

# An item's times in RSS, RDF and Atom, 0.3 too. They are read here: the parser takes a time without a zone for UTC,
# "GMT+7" for GMT, "02/11" for the month's first number, and fills in what is missing from today's date.
_TIMES = re.compile(
    r"(<((?:\w+:)?(?:pubDate|published|updated|issued|modified|date))(?:\s[^<>]{0,200})?>)"
    r"\s*(?:<!\[CDATA\[)?([^<\]]{1,100})(?:\]\]>)?\s*(?=</\2\s*>)",
    re.IGNORECASE,
)


def looks_like_feed(text: str) -> bool:
    """Whether the document's first bytes are those of RSS, Atom, RDF or a JSON Feed."""
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith("{"):
        return "jsonfeed.org/version" in head.replace("\\/", "/")
    return head.startswith("<") and any(sign in head for sign in ("<rss", "<feed", "<rdf:rdf")) and "<html" not in head


def read_feed(text: str, url: str, *, timezone: ZoneInfo = _UTC) -> list[Teaser]:
    """The feed's items, in its order; those without an address or a title are left out.

    ``timezone`` is that of times which name none.

    Raises `NotAFeedError` where the document is none (typically the HTML of an error or a login page).
    """
    if not looks_like_feed(text):
        raise NotAFeedError(
            url, "is no RSS, Atom or JSON feed" + (" but an HTML page" if "<html" in text[:5000].lower() else "")
        )
    try:
        parsed = fastfeedparser.parse(_TIMES.sub(lambda found: _rewritten(found, timezone), text))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, SyntaxError) as error:
        raise NotAFeedError(url, f"cannot be read as a feed ({squeeze(str(error))[:100]})") from error
    base = _base(parsed, url)
    teasers: dict[str, Teaser] = {}
    room = MAX_HTML
    for item in parsed.entries[:MAX_ITEMS]:
        teaser = _teaser(item, base, whole=room > 0)
        if teaser is not None:
            room -= memory_of(teaser.content_html)
            teasers.setdefault(teaser.url, teaser)
    return list(teasers.values())


def memory_of(html: str | None) -> int:
    """About how many bytes of memory a text takes: four a character where one of them is no ASCII."""
    return 0 if html is None else len(html) * (1 if html.isascii() else 4)


def _teaser(item: Any, base: str, *, whole: bool) -> Teaser | None:
    link = urls.absolute(base, _text(item.get("link")))
    title = squeeze(text_of_html(_text(item.get("title"))))
    if link is None or not title:
        return None
    html = _content(item) if whole else ""
    author = squeeze(_text(item.get("author")))
    return Teaser(
        url=urls.clean(link),
        title=title,
        published=_moment(_text(item.get("published") or item.get("updated"))),
        summary=squeeze(text_of_html(_text(item.get("description") or item.get("summary")))) or None,
        image=_image(item, base),
        authors=(author,) if author else (),
        content_html=sanitised(html, base) if html else None,
        guid=_guid(item, link),
        tags=_tags(item),
    )


def _guid(item: Any, link: str) -> str | None:
    """What the feed names the item by, where that is not its address."""
    guid = squeeze(_text(item.get("id")))[:MAX_GUID]
    return guid if guid and urls.clean(guid) != urls.clean(link) else None


def _tags(item: Any) -> tuple[str, ...]:
    told = item.get("tags") or []
    names = [tag.get("term") if isinstance(tag, dict) else tag for tag in told[:MAX_TAGS]]
    return tuple(dict.fromkeys(filter(None, (squeeze(text_of_html(_text(name))) for name in names))))


def _text(value: Any) -> str:
    """A value of a JSON feed may be anything; what is no text is nothing."""
    return value if isinstance(value, str) else ""


def _content(item: Any) -> str:
    """The item's body as HTML."""
    for part in item.get("content") or []:
        if value := _text(part.get("value")):
            return escape(value, quote=False) if part.get("type") == "text/plain" else value
    return ""


def _base(parsed: Any, url: str) -> str:
    """What relative links are of: the feed's xml:base, where it has one, else its address."""
    told = (parsed.feed.get("title_detail") or {}).get("base")
    return urls.absolute(url, told) or url


def _rewritten(found: re.Match[str], timezone: ZoneInfo) -> str:
    moment = parse_date(found[3], timezone=timezone)
    return found[1] + (moment.at.isoformat() if moment else "")


def _moment(value: str) -> datetime | None:
    """fastfeedparser gives ISO 8601 in UTC; a time that it could not read is no time."""
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _image(item: Any, base: str) -> str | None:
    if address := urls.absolute(base, _text(item.get("image"))):
        return address
    for media in [*(item.get("media_content") or []), *(item.get("enclosures") or [])]:
        kind = f"{media.get('type') or ''} {media.get('medium') or ''}"
        address = urls.absolute(base, _text(media.get("url") or media.get("href")))
        if address and ("image" in kind or address.split("?")[0].lower().endswith((".jpg", ".jpeg", ".png", ".webp"))):
            return address
    return None
