"""Pieces of list pages of an invented newspaper, and short ways to read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from feeds.model import Teaser
from feeds.reading.listing.find import find_teasers

HOME = "https://baohoaban.vn/"


def page(*parts: str, language: str = "vi") -> str:
    """A whole page around the parts."""
    head = "<head><title>Báo Hoa Ban</title></head>"
    return f"<!DOCTYPE html><html lang={language}>{head}<body>{''.join(parts)}</body></html>"


def card(title: str, href: str, *, beside: str = "", image: str = "") -> str:
    """A teaser with a heading, and a picture that leads to the same story."""
    picture = f"<a href='{href}'><img src='{image}'></a>" if image else ""
    return f"<div class=card>{picture}<h3 class=card-title><a href='{href}'>{title}</a></h3>{beside}</div>"


def plain(title: str, href: str) -> str:
    """A headline in a plain list."""
    return f"<li><a href='{href}'>{title}</a></li>"


def titles(html: str, url: str = HOME) -> list[str]:
    """The headlines found."""
    return [teaser.title for teaser in find_teasers(html, url)]


def urls_of(html: str, url: str = HOME) -> list[str]:
    """The addresses found."""
    return [teaser.url for teaser in find_teasers(html, url)]


def only(
    part: str, url: str = HOME, *, timezone: ZoneInfo | None = None, now: datetime | None = None, language: str = "vi"
) -> Teaser:
    """The first teaser of a page that has this part before some others."""
    others = [card(f"Một câu chuyện khác của ngày hôm nay số {n}", f"/tin-khac-99990{n}.htm") for n in range(4)]
    return find_teasers(page(part, *others, language=language), url, timezone=timezone, now=now)[0]
