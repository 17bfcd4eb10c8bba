"""What the rules of a site profile find on a page. An answer that is not there leaves the generic one in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.model import Teaser
from feeds.reading.dates.pages import PageDates
from feeds.reading.dates.parse import parse_date
from feeds.reading.dates.zones import infer_zone
from feeds.reading.listing.flat import outline
from feeds.reading.listing.images import Pictures
from feeds.reading.page.dom import attribute, parse, text_of
from feeds.reading.page.labels import CREDIT
from feeds.reading.sites.profiles import ArticleRules, ListRules
from feeds.reading.text import squeeze
from feeds.reading.urls import absolute, clean, host

MAX_MATCHES = 40  # authors, tags, and parts of a body
MAX_ITEMS = 1000
_KEPT = frozenset(("html", "head", "body"))  # a page without them is none

ReadFragment = Callable[[str], Sequence[Teaser]]
ReadTime = Callable[[str], datetime | None]


def cut(tree: LexborHTMLParser, selectors: Sequence[str]) -> None:
    """Take what the selectors match out of the page. What stands in another match goes before it."""
    for selector in selectors:
        matches = {node.mem_id: node for node in tree.css(selector) if node.tag not in _KEPT}
        for node in reversed(matches.values()):
            node.decompose()


def _mark_captions(tree: LexborHTMLParser, selector: str) -> None:
    """Make what the selector matches captions of one line: paragraphs in them would be read as part of the story."""
    for caption in tree.css(selector) if selector else ():
        caption.attrs["class"] = "caption"
        for paragraph in [node for node in caption.css("p") if node.mem_id != caption.mem_id]:
            paragraph.insert_after(" ")
            paragraph.unwrap()


class ArticleAnswers:
    """What a profile's rules find of a story; ``heading`` holds the title, ``body`` the story, both none without."""

    def __init__(self, tree: LexborHTMLParser, rules: ArticleRules) -> None:
        cut(tree, rules.remove)
        _mark_captions(tree, rules.captions)
        self.heading, self.title = _first(tree, rules.title)
        self.summary = _first(tree, rules.summary)[1] or None
        self.authors = _texts(tree, rules.authors)
        credit = _first(tree, rules.credit)[1]
        self.credit = (named[1].strip() if (named := CREDIT.match(credit)) else credit) or None
        tags = [squeeze(tag) for text in _texts(tree, rules.tags) for tag in re.split("[,;]", text)]
        self.tags = tuple(dict.fromkeys(filter(None, tags)))
        parts = _outermost(tree.css(rules.body)) if rules.body else []
        self.body = [node for node in parts if text_of(node)]
        self._clock = _first(tree, rules.published)[0]

    def dated(
        self, dates: PageDates, url: str, *, timezone: ZoneInfo | None, language: str | None, now: datetime | None
    ) -> PageDates:
        """The page's dates, with the publication as the profile's element tells it, if it does."""
        zone = timezone or infer_zone(host(url), language)
        for text in _times(self._clock):
            moment = parse_date(text, timezone=zone, language=language, now=now)
            if moment is not None:
                modified = dates.modified if dates.modified and dates.modified >= moment.at else None
                return PageDates(moment.at, modified, moment.offset)
        return dates


def read_items(tree: LexborHTMLParser, rules: ListRules, url: str, read: ReadFragment, time: ReadTime) -> list[Teaser]:
    """The stories of a list's items, each once. ``read`` is the generic way, ``time`` reads a text as a time."""
    found: dict[str, Teaser] = {}
    for item in _outermost(tree.css(rules.item), MAX_ITEMS) if rules.item else ():
        teaser = _teaser(item, rules, url, read, time)
        if teaser is not None:
            found.setdefault(teaser.url, teaser)
    return list(found.values())


def linked(tree: LexborHTMLParser, selectors: Sequence[str], url: str) -> set[str]:
    """The addresses of all links in what the selectors match."""
    boxes = [node for selector in selectors for node in tree.css(selector)]
    found = (absolute(url, attribute(link, "href")) for box in boxes for link in box.css("a[href]"))
    return {clean(address) for address in found if address}


def _teaser(item: LexborNode, rules: ListRules, url: str, read: ReadFragment, time: ReadTime) -> Teaser | None:
    """One item: what the rules find in it, and the rest as the generic way reads it; None without link or title."""
    told = read(item.html or "")
    address = _address(item, rules.link, url)
    generic = next((one for one in told if one.url == address), None)
    if address is None:
        generic = max(told, key=lambda one: len(one.title), default=None)
        address = generic.url if generic is not None else _address(item, "a[href]", url)
    if address is None:
        return None
    generic = generic or Teaser(url=address, title="")
    title = _first(item, rules.title)[1] or generic.title
    if not title:
        return None
    return msgspec.structs.replace(
        generic,
        title=title,
        published=_moment(_first(item, rules.published)[0], time) or generic.published,
        summary=_first(item, rules.summary)[1] or generic.summary,
        image=_picture(item, rules.image, url) or generic.image,
    )


def _address(item: LexborNode, selector: str, url: str) -> str | None:
    """Where the first link leads that the selector matches, or that stands in what it matches."""
    for node in item.css(selector) if selector else ():
        for link in node.css("a[href]"):
            if address := absolute(url, attribute(link, "href")):
                return clean(address)
    return None


def _picture(item: LexborNode, selector: str, url: str) -> str | None:
    node = item.css_first(selector) if selector else None
    if node is None:
        return None
    if node.tag == "meta":
        return absolute(url, attribute(node, "content"))
    page = outline(parse(node.html or ""))
    return Pictures(page, url, []).first(0, len(page.tags))


def _moment(node: LexborNode | None, time: ReadTime) -> datetime | None:
    return next((moment for text in _times(node) if (moment := time(text)) is not None), None)


def _times(node: LexborNode | None) -> Iterator[str]:
    """The texts of an element that may be its time, the most exact first."""
    if node is None:
        return
    for one in (node, node.css_first("time[datetime]")):
        for name in ("datetime", "content"):
            if value := attribute(one, name):
                yield value
    yield text_of(node)
    if title := attribute(node, "title"):
        yield title


def _first(scope: LexborHTMLParser | LexborNode, selector: str) -> tuple[LexborNode | None, str]:
    """The first match with text, and its text."""
    for node in scope.css(selector) if selector else ():
        if text := _said(node):
            return node, text
    return None, ""


def _texts(tree: LexborHTMLParser, selector: str) -> list[str]:
    matches = tree.css(selector)[:MAX_MATCHES] if selector else []
    return [text for node in matches if (text := _said(node))]


def _said(node: LexborNode) -> str:
    """What an element says: a meta element its content, a ``time`` without text its attribute, others their text."""
    if node.tag == "meta":
        return squeeze(attribute(node, "content") or "")
    return text_of(node) or squeeze(attribute(node, "datetime") or "")


def _outermost(nodes: Sequence[LexborNode], most: int = MAX_MATCHES) -> list[LexborNode]:
    """The matches that stand in no other one, each once."""
    matches = {node.mem_id: node for node in nodes}
    found: list[LexborNode] = []
    inside: set[int] = set()
    for key, node in matches.items():
        if key not in inside and len(found) < most:
            found.append(node)
            if len(matches) > 1:
                inside.update(below.mem_id for below in node.traverse() if below.mem_id in matches)
    return found
