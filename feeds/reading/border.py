"""The border: what a reader found becomes a value that nobody behind it has to be careful with.

Pages, feeds and sitemaps hold texts of any length, runs of spaces and heaps of marks. What leaves a reader is within
the limits below, on one line where it is a line, printable, and without heaps; only the HTML keeps the spaces of its
``<pre>``. All of this is done where the reading is done, in a process that can be ended; comparing, storing, searching,
publishing and delivering never meet a wild text. The limits are in docs/reference/limits.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from feeds.characters import without_heaps
from feeds.model import Article, Image, Media, Teaser
from feeds.reading.page.clean import sanitised
from feeds.reading.text import printable, squeeze
from feeds.reading.urls import MAX_URL

# Characters. Each is several times what the longest of some thousand pages of news has.
MAX_TITLE = 500
MAX_SUMMARY = 5_000  # some feeds put a whole short story there
MAX_NAME = 200  # an author, a section, a tag, a credit
MAX_CAPTION = 1_500  # and the text that stands for a picture
MAX_LANGUAGE = 35  # RFC 5646 section 4.4.1
MAX_TEXT = 200_000  # a long report has 50,000
MAX_HTML = 400_000  # markup of that text included
# Pieces.
MAX_AUTHORS = 50
MAX_TAGS = 60
MAX_IMAGES = 100
MAX_TEASERS = 1_000  # of one list: what a news sitemap may have (Google's rules); a front page has 200

_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_CUT = " …"
V = TypeVar("V")


def article_within(article: Article) -> Article:
    """The article within all limits. A text that is cut short is marked ``truncated``, and ends with a whole block."""
    text = _text(article.body_text)
    html = without_heaps(printable(article.content_html))
    cut = len(text) > MAX_TEXT or len(html) > MAX_HTML
    return msgspec.structs.replace(
        article,
        url=article.url[:MAX_URL],
        title=line(article.title, MAX_TITLE),
        summary=line(article.summary, MAX_SUMMARY) or None,
        authors=_lines(article.authors, MAX_AUTHORS),
        language=line(article.language, MAX_LANGUAGE) or None,
        section=line(article.section, MAX_NAME) or None,
        tags=_lines(article.tags, MAX_TAGS),
        images=tuple(map(_image, _addressed(article.images)[:MAX_IMAGES])),
        media=_media(article.media),
        credit=line(article.credit, MAX_NAME) or None,
        content_html=_shorter_html(html, article.url),
        body_text=_shorter(text, MAX_TEXT, "\n\n"),
        truncated=article.truncated or cut,
        next_page=_address(article.next_page),
    )


def teasers_within(teasers: Sequence[Teaser]) -> list[Teaser]:
    """The teasers within all limits; of more than `MAX_TEASERS` the newest, where all have a time, else the first."""
    if len(teasers) > MAX_TEASERS:
        times = [teaser.published for teaser in teasers]
        if all(times):
            teasers = sorted(teasers, key=lambda teaser: teaser.published or datetime.max, reverse=True)
    return [_teaser(teaser) for teaser in teasers[:MAX_TEASERS] if len(teaser.url) <= MAX_URL]


def line(text: str | None, most: int) -> str:
    """The text on one line of at most ``most`` characters, printable; cut between words, with an ellipsis."""
    if not text:
        return ""
    # Cut first: what stands behind is not worth a look. Spaces and marks may make the rest shorter than allowed.
    text = without_heaps(printable(squeeze(text[: 20 * most])))
    return text if len(text) <= most else _shorter(text, most - len(_CUT), " ") + _CUT


def _teaser(teaser: Teaser) -> Teaser:
    html = teaser.content_html
    if html is not None:
        html = _shorter_html(without_heaps(printable(html)), teaser.url)
    return msgspec.structs.replace(
        teaser,
        title=line(teaser.title, MAX_TITLE),
        summary=line(teaser.summary, MAX_SUMMARY) or None,
        image=_address(teaser.image),
        authors=_lines(teaser.authors, MAX_AUTHORS),
        content_html=html,
        guid=line(teaser.guid, MAX_TITLE) or None,
        tags=_lines(teaser.tags, MAX_TAGS),
        media=_media(teaser.media),
    )


def _media(media: Iterable[Media]) -> tuple[Media, ...]:
    """Recordings with addresses that are no longer than others, and titles on one line."""
    return tuple(
        msgspec.structs.replace(one, title=line(one.title, MAX_TITLE) or None, poster=_address(one.poster))
        for one in media
        if len(one.url) <= MAX_URL
    )


def _lines(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The first texts that say something, each within the limit of a name."""
    found: dict[str, None] = {}
    for text in texts:
        if len(found) == most:
            break
        found |= dict.fromkeys(filter(None, (line(text, MAX_NAME),)))
    return tuple(found)


def _addressed(images: Iterable[Image]) -> list[Image]:
    return [image for image in images if len(image.url) <= MAX_URL]


def _image(image: Image) -> Image:
    return msgspec.structs.replace(
        image, caption=line(image.caption, MAX_CAPTION) or None, alt=line(image.alt, MAX_CAPTION) or None
    )


def _address(url: str | None) -> str | None:
    return url if url and len(url) <= MAX_URL else None


def _text(text: str) -> str:
    """The text with its lines: runs of spaces are one space."""
    return _EMPTY_LINES.sub("\n\n", _SPACES.sub(" ", without_heaps(printable(text))))


def _shorter(text: str, most: int, between: str) -> str:
    """The text up to ``most`` characters, ending where a part of it ends, if one does in the last tenth of them."""
    if len(text) <= most:
        return text
    end = text.rfind(between, most * 9 // 10, most)
    return text[: end if end >= 0 else most]


def _shorter_html(html: str, base: str) -> str:
    """The HTML, or where it is too long its beginning, whole again: blocks stand on lines of their own."""
    if len(html) <= MAX_HTML:
        return html
    start = _shorter(html, MAX_HTML, "\n")
    return sanitised(start[: start.rfind("<")] if start.rfind("<") > start.rfind(">") else start, base)[:MAX_HTML]
