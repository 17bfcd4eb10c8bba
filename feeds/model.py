"""The nouns that flow through bantin, each defined once, in the field's own words.

Times are aware datetimes in UTC unless a docstring says otherwise. Nothing here is ever made up: what a page does not
say is ``None`` (or an empty tuple).
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of an article.

    ``caption`` is what the page prints under it (never an automatic text such as "… - Ảnh 1."); ``alt`` is the
    attribute as the page has it. ``width`` and ``height`` are CSS pixels where the page tells them.
    """

    url: str
    caption: str | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None


class Teaser(msgspec.Struct, frozen=True, kw_only=True):
    """One story as a list, a feed or a sitemap announces it.

    ``url`` is absolute and cleaned (no fragment, no tracking parameters). ``published`` is None unless the page says.
    ``content_html`` is a body that came with a feed's item, already sanitised; lists and sitemaps have none.
    """

    url: str
    title: str
    published: datetime | None = None
    summary: str | None = None
    image: str | None = None
    authors: tuple[str, ...] = ()
    content_html: str | None = None


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One story read from its own page.

    ``url`` is the canonical address where the page names one on its own site, else the address it was read from.
    ``content_html`` is sanitised, with absolute links; ``body_text`` is the same text without markup, one block a
    paragraph, blocks separated by a blank line, captions and summary left out. ``credit`` is the source that the
    page names ("Nguồn: …"). ``truncated`` marks a body that the page itself cut short (a paywall's stub).
    ``next_page`` is the address of the article's following page, where it is split over several.
    """

    url: str
    title: str
    summary: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    credit: str | None = None
    content_html: str = ""
    body_text: str = ""
    truncated: bool = False
    next_page: str | None = None
