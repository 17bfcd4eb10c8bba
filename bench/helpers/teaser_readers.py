"""Ways to find the stories of a list page: ours, and the two that need no knowledge of the site either."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.listing.find import find_teasers

HEADINGS = "h1, h2, h3, h4, h5"
WIDEST = ("body", "div", "section", "article", "li")  # what ends the search for a link around a heading


class Found(NamedTuple):
    """What a reader says of one story."""

    url: str
    title: str | None = None
    published: datetime | str | None = None
    summary: str | None = None
    image: str | None = None


Reader = Callable[[str, str], list[Found]]


def bantin(html: str, url: str) -> list[Found]:
    return [
        Found(teaser.url, teaser.title, teaser.published, teaser.summary, teaser.image)
        for teaser in find_teasers(html, url)
    ]


def all_links(html: str, url: str) -> list[Found]:
    """Every link of four words or more."""
    found = []
    for link in LexborHTMLParser(html).css("a[href]"):
        text, href = fold(link.text(separator=" ")), link.attributes["href"] or ""
        if len(text.split()) >= 4 and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
            found.append(Found(urljoin(url, href), text))
    return found


def headings(html: str, url: str) -> list[Found]:
    """Links in a heading or around one; picture, time and text of the widest box that holds no second heading."""
    return list(_headings(html, url))


def _headings(html: str, url: str) -> Iterator[Found]:
    for heading in LexborHTMLParser(html).css(HEADINGS):
        link = heading.css_first("a[href]") or _link_around(heading)
        if link is None or len(fold(heading.text()).split()) < 3:
            continue
        box = heading
        while box.parent is not None and box.parent.tag != "body" and len(box.parent.css(HEADINGS)) == 1:
            box = box.parent
        image, time, text = box.css_first("img"), box.css_first("time[datetime]"), box.css_first("p")
        source = (image.attributes.get("data-src") or image.attributes.get("src")) if image else None
        yield Found(
            urljoin(url, link.attributes["href"] or ""),
            fold(heading.text()),
            time.attributes["datetime"] if time else None,
            text.text() if text else None,
            urljoin(url, source) if source else None,
        )


def _link_around(heading: LexborNode) -> LexborNode | None:
    up = heading.parent
    while up is not None and up.tag not in WIDEST:
        if up.tag == "a" and up.attributes.get("href"):
            return up
        up = up.parent
    return None


def fold(text: str | None) -> str:
    """NFC, and white space folded."""
    return " ".join(unicodedata.normalize("NFC", text or "").replace("\u200b", "").split())


READERS: dict[str, Reader] = {"bantin": bantin, "all links": all_links, "headings": headings}
