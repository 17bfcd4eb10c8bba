"""Teasers from a site's own feed: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed.

Feeds are written by hand and by scripts, and read by people who see when one item is missing: what is wrong with one
costs that much of it, and not the rest (`documents.xml`). What a name means is told by its namespace, or by its prefix
where that was never declared: ``media:title`` is no title of the story.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape, unescape
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import lxml.etree as etree

from feeds.errors import NotAFeedError
from feeds.model import Media, Teaser
from feeds.reading import urls
from feeds.reading.dates.parse import parse_date
from feeds.reading.documents import enclosed
from feeds.reading.documents.xml import local_name, parse_mended
from feeds.reading.page.clean import sanitised, text_of_html
from feeds.reading.page.pictures import names_picture
from feeds.reading.text import squeeze

MAX_ITEMS = 500
# Bytes of memory of all items' texts; the stories of those beyond are read from their pages. Parsers open what was not
# closed again in each paragraph: a text may become eighty times as long.
MAX_HTML = 8_000_000
MAX_GUID = 500  # characters; a longer one names nothing that anybody remembers
MAX_TAGS, MAX_AUTHORS, MAX_AUTHOR = 20, 12, 200
MAX_TITLE_OF_TEXT = 100  # characters of a text that stand for the title that its item does not have
MAX_SHORT = 20_000  # characters of a value that is no text: an address, a name, a time
_UTC = ZoneInfo("UTC")

_ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
# Vocabularies by a part of their namespace's name, and what their elements are called here. The plain elements of
# RSS, RDF and Atom have no prefix.
_FAMILIES = (
    ("purl.org/rss/1.0/modules/content", "content"),
    ("purl.org/rss/1.0/modules/", "other"),
    ("purl.org/dc/", "dc"),
    ("search.yahoo.com/mrss", "media"),
    ("itunes.com", "itunes"),
    ("podlove.org/simple-chapters", "psc"),
    ("purl.org/rss/1.0", ""),
    ("my.netscape.com", ""),
    ("backend.userland.com", ""),
    ("w3.org/1999/xhtml", "xhtml"),
    ("w3.org/1999/02/22-rdf", ""),
)
_PREFIXES = {
    "atom": "atom",
    "a10": "atom",
    "dc": "dc",
    "dcterms": "dc",
    "media": "media",
    "itunes": "itunes",
    "psc": "psc",
    "content": "content",
    "xhtml": "xhtml",
}
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+")
_ENTITY = re.compile(r"&(?:amp|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_SHORT_YEAR = re.compile(r"^((?:[A-Za-z]{3,9},? +)?\d{1,2}[ -][A-Za-z]{3,9}[ -])(\d{2})(?= +\d{1,2}:)")
_MONTH_PARTS = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})")

_PUBLISHED = (
    "pubdate",
    "published",
    "issued",
    "dc:date",
    "dc:issued",
    "dc:created",
    "date",
    "created",
    "atom:published",
)
_UPDATED = ("updated", "modified", "dc:modified", "atom:updated")

Fields = dict[str, list[etree._Element]]


def looks_like_feed(text: str) -> bool:
    """Whether the document's first bytes are those of RSS, Atom, RDF or a JSON Feed."""
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith("{"):
        return "jsonfeed.org/version" in head.replace("\\/", "/")
    signs = ("<rss", "<feed", "<rdf:rdf", ":feed ")
    return head.startswith("<") and any(sign in head for sign in signs) and "<html" not in head


def read_feed(text: str, url: str, *, timezone: ZoneInfo = _UTC) -> list[Teaser]:
    """The feed's items, in its order; those without an address, or without a word, are left out.

    ``timezone`` is that of times which name none.

    Raises `NotAFeedError` where the document is none (typically the HTML of an error or a login page).
    """
    if not looks_like_feed(text):
        raise NotAFeedError(
            url, "is no RSS, Atom or JSON feed" + (" but an HTML page" if "<html" in text[:5000].lower() else "")
        )
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            items: Iterator[_Item] = _items_of_json(text, url)
        else:
            items = _items_of_xml(text, url)
        return _teasers(items, timezone)
    except (ValueError, RecursionError, etree.LxmlError) as error:
        raise NotAFeedError(url, f"cannot be read as a feed ({squeeze(str(error))[:100]})") from error


def _teasers(items: Iterator[_Item], timezone: ZoneInfo) -> list[Teaser]:
    teasers: dict[str, Teaser] = {}
    room = MAX_HTML
    for _, item in zip(range(MAX_ITEMS), items, strict=False):
        teaser = _teaser(item, timezone, whole=room > 0)
        if teaser is not None:
            room -= memory_of(teaser.content_html)
            teasers.setdefault(teaser.url, teaser)
    return list(teasers.values())


def memory_of(html: str | None) -> int:
    """About how many bytes of memory a text takes: four a character where one of them is no ASCII."""
    return 0 if html is None else len(html) * (1 if html.isascii() else 4)


class _Item(Protocol):
    """One item as its document has it; each format says how a part of it is found. Nothing is "", or None."""

    base: str  # what its relative addresses are of

    def link(self) -> str:
        """The address of its page."""
        ...

    def title(self) -> str:
        """In words, without markup."""
        ...

    def summary(self) -> str:
        """In words, without markup."""
        ...

    def html(self) -> str:
        """Its text, as markup that nobody has looked through."""
        ...

    def time(self) -> str:
        """When it was published, else changed, as it is written."""
        ...

    def image(self) -> str | None:
        """The whole address of its picture."""
        ...

    def authors(self) -> Iterable[str]:
        """Names of people."""
        ...

    def guid(self) -> str:
        """What it is named by."""
        ...

    def tags(self) -> Iterable[str]:
        """What it is about."""
        ...

    def media(self) -> tuple[Media, ...]:
        """What it encloses."""
        ...


def _teaser(item: _Item, timezone: ZoneInfo, *, whole: bool) -> Teaser | None:
    """The item as a teaser; ``whole`` with its text."""
    link = urls.absolute(item.base, item.link())
    if link is None:
        return None
    summary = squeeze(item.summary()) or None
    html = item.html()
    title = squeeze(item.title()) or _beginning(summary or squeeze(text_of_html(html[:MAX_SHORT])))
    if not title:
        return None
    return Teaser(
        url=urls.clean(link),
        title=title,
        published=moment_of(item.time(), timezone),
        summary=summary,
        image=item.image(),
        authors=tuple(dict.fromkeys(item.authors()))[:MAX_AUTHORS],
        content_html=(sanitised(html, item.base) or None) if html and whole else None,
        guid=_guid(item.guid(), link),
        tags=tuple(dict.fromkeys(filter(None, map(squeeze, item.tags()))))[:MAX_TAGS],
        media=item.media(),
    )


def _beginning(text: str) -> str:
    """The first words of a text, for an item that has no title: tickers, channels of messengers."""
    if len(text) <= MAX_TITLE_OF_TEXT:
        return text
    return text[:MAX_TITLE_OF_TEXT].rpartition(" ")[0].rstrip(" ,;:–-") + "…"


def _guid(told: str, link: str) -> str | None:
    """What the feed names the item by, where that is not its address."""
    guid = squeeze(told[: 2 * MAX_GUID])[:MAX_GUID]
    return guid if guid and urls.clean(guid) != urls.clean(link) else None


def moment_of(text: str, timezone: ZoneInfo) -> datetime | None:
    """An item's time. Years of two digits are of 1950 to 2049 (RFC 5322 section 4.3)."""
    text = " ".join(text[:200].split())
    if found := _SHORT_YEAR.match(text):
        text = f"{found[1]}{'20' if found[2] < '50' else '19'}{text[found.end(1) :]}"
    text = _MONTH_PARTS.sub(r"\1 \2 \3", text)
    moment = parse_date(text, timezone=timezone)
    return moment.at if moment else None


def _name(author: str) -> str:
    """The person of "desk@example.org (Jane Roe)", "Jane Roe <desk@example.org>"; nobody of a bare address."""
    return squeeze(_MAIL.sub("", author[: 2 * MAX_AUTHOR])).strip(" ()<>[],;:-\"'")[:MAX_AUTHOR]


def unescaped(text: str) -> str:
    """A text that is no markup; where a script escaped it twice, once is undone."""
    return unescape(text) if _ENTITY.search(text) else text


def _is_picture(kind: str, address: str) -> bool:
    return "image" in kind or (not kind and names_picture(address))


# --- XML


def _items_of_xml(text: str, url: str) -> Iterator[_Item]:
    root = parse_mended(text)
    if root is None:
        raise ValueError("nothing in it can be read")
    atom = local_name(root) == "feed"
    channel = root if atom else next((node for node in root.iter(etree.Element) if local_name(node) == "channel"), root)
    feed = _fields(channel, atom)
    base = _base_of_feed(feed, url, atom)
    everybody = list(_people(feed, atom)) if atom else []
    for node in root.iter(etree.Element):
        if local_name(node) == ("entry" if atom else "item") and _family(node, atom) == "":
            yield _XmlItem(node, base, atom, everybody)


def _base_of_feed(feed: Fields, url: str, atom: bool) -> str:
    """What relative addresses are of: the site, where the feed is served by another host for it."""
    site = urls.absolute(url, _link(feed)) if not atom else None
    return site if site and urls.host(site) != urls.host(url) else url


def _family(node: etree._Element, atom: bool) -> str:
    """The vocabulary that an element is of; "" for the plain ones of its format."""
    tag = str(node.tag)
    space, _, name = tag.rpartition("}")
    if not space:
        return _PREFIXES.get(name.partition(":")[0], "other") if ":" in name else ""
    if space[1:] in _ATOM:
        return "" if atom else "atom"
    return next((family for part, family in _FAMILIES if part in space), "other" if node.prefix else "")


def _fields(node: etree._Element, atom: bool) -> Fields:
    """The elements right inside a node, by their names: "title", "dc:creator"."""
    found: Fields = {}
    for child in node.iterchildren(etree.Element):
        family, name = _family(child, atom), local_name(child).lower()
        found.setdefault(f"{family}:{name}" if family else name, []).append(child)
    return found


class _XmlItem:
    """An item of RSS or RDF, or an entry of Atom."""

    def __init__(self, node: etree._Element, base: str, atom: bool, everybody: list[str]) -> None:
        self.node, self.atom, self.everybody = node, atom, everybody
        self.found = _fields(node, atom)
        self.base = urls.absolute(base, node.base) or base if node.base else base

    def link(self) -> str:
        if told := _link(self.found):
            return told
        guid = _first(self.found, "guid", "id", "atom:id")
        return next((name for name in (guid, _about(self.node)) if name.startswith(("http://", "https://"))), "")

    def title(self) -> str:
        for name in ("title", "atom:title", "dc:title"):
            for node in self.found.get(name, ()):
                if text := _said(node, self.atom or name.startswith("atom")):
                    return text
        return ""

    def summary(self) -> str:
        for name in ("description", "summary", "atom:summary", "dc:description", "itunes:summary", "media:description"):
            for node in self.found.get(name, ()):
                if text := _said(node, name.endswith("summary") and self.atom):
                    return text
        return ""

    def html(self) -> str:
        for name in ("content:encoded", "content", "atom:content", "xhtml:body", "fulltext"):
            for node in self.found.get(name, ()):
                if text := _html_of(node, atom=name.endswith("content")):
                    return text
        return ""

    def time(self) -> str:
        return _first(self.found, *_PUBLISHED) or _first(self.found, *_UPDATED)

    def image(self) -> str | None:
        return next(self._images(), None)

    def _images(self) -> Iterator[str]:
        groups = [node for group in self.found.get("media:group", ()) for node in group.iterchildren(etree.Element)]
        media = [*self.found.get("media:content", ()), *(node for node in groups if local_name(node) == "content")]
        thumbs = [*self.found.get("media:thumbnail", ()), *(node for node in groups if local_name(node) == "thumbnail")]
        links = [node for node in self.found.get("link", ()) if node.get("rel") == "enclosure"]
        for node in (*media, *self.found.get("enclosure", ()), *links):
            address = node.get("url") or node.get("href") or ""
            if _is_picture(f"{node.get('type') or ''}{node.get('medium') or ''}", address):
                yield from filter(None, [urls.absolute(self.base, address)])
        for node in (*thumbs, *self.found.get("itunes:image", ()), *self.found.get("image", ())):
            address = node.get("url") or node.get("href") or _text(node) or _inner_text(node, "url")
            yield from filter(None, [urls.absolute(self.base, address)])

    def authors(self) -> Iterable[str]:
        return list(_people(self.found, self.atom)) or self.everybody

    def guid(self) -> str:
        return _first(self.found, "guid", "id", "atom:id") or _about(self.node)

    def tags(self) -> Iterable[str]:
        for name in ("category", "atom:category", "dc:subject"):
            for node in self.found.get(name, ())[: 2 * MAX_TAGS]:
                yield text_of_html((node.get("label") or node.get("term") or _text(node))[:MAX_AUTHOR])

    def media(self) -> tuple[Media, ...]:
        return enclosed.of_xml(self.found, self.base, self.found.get("link", ()))


def _link(found: Fields) -> str:
    """The address: the plain link, or the one of several that is the page's (RFC 4287 section 4.2.7.2)."""
    for node in found.get("link", ()):
        if not node.get("href") and (text := _text(node)):
            return text
    linked = [node for name in ("link", "atom:link") for node in found.get(name, ()) if node.get("href")]
    pages = [node for node in linked if (node.get("rel") or "alternate") == "alternate"]
    best = next((node for node in pages if "html" in (node.get("type") or "html")), pages[0] if pages else None)
    return (best.get("href") or "")[:MAX_SHORT].strip() if best is not None else ""


def _people(found: Fields, atom: bool) -> Iterator[str]:
    for name in ("author", "atom:author", "dc:creator", "dc:author", "creator", "itunes:author", "contributor"):
        told = False
        for node in found.get(name, ())[:MAX_AUTHORS]:
            if person := _name(_inner_text(node, "name") or _text(node)):
                told = True
                yield person
        if told:
            return


def _inner_text(node: etree._Element, name: str) -> str:
    return next((_text(child) for child in node.iterchildren(etree.Element) if local_name(child) == name), "")


def _first(found: Fields, *names: str) -> str:
    return next((text for name in names for node in found.get(name, ()) if (text := _text(node))), "")


def _about(node: etree._Element) -> str:
    """What an item of RDF is named by."""
    return next((str(value) for name, value in node.items() if str(name).rpartition("}")[2] == "about"), "")


def _text(node: etree._Element) -> str:
    """The text of an element that holds no markup."""
    text = "".join(map(str, node.itertext())) if len(node) else node.text or ""
    return text[:MAX_SHORT].strip()


def _said(node: etree._Element, atom: bool) -> str:
    """The words of a title or a summary. Atom says which are markup (RFC 4287 section 3.1.1); RSS's may be."""
    kind = (node.get("type") or "text").lower()
    if atom and not len(node) and kind in ("text", "text/plain") and (node.get("mode") or "xml") == "xml":
        return unescaped(node.text or "")
    return unescaped(text_of_html(_html_of(node, atom=atom)))


def _html_of(node: etree._Element, *, atom: bool = False) -> str:
    """The markup in an element: escaped, in CDATA, written out, or in base64 (Atom 0.3)."""
    kind, mode = (node.get("type") or "").lower(), (node.get("mode") or "").lower()
    inner = _markup(node) if len(node) else (node.text or "")
    if mode == "base64":
        try:
            inner = base64.b64decode(inner, validate=False).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
    elif atom and not len(node) and mode != "escaped" and kind in ("", "text", "text/plain"):
        return escape(inner, quote=False)
    elif atom and kind and not any(sign in kind for sign in ("html", "text", "xml")):
        return ""  # a picture, a sound
    return inner.strip()


def _markup(node: etree._Element) -> str:
    """Markup that is written out, without namespaces and prefixes; Atom's own ``div`` around it is none of it."""
    inner: list[etree._Element] = list(node)
    if len(inner) == 1 and local_name(inner[0]) == "div" and not (node.text or "").strip():
        node = inner[0]
    parts = [escape(node.text or "", quote=False)]
    for child in node:
        for element in child.iter(etree.Element):
            element.tag = local_name(element)
        etree.cleanup_namespaces(child)
        parts.append(etree.tostring(child, method="html", encoding="unicode", with_tail=True))
    return "".join(parts)


# --- JSON


def _items_of_json(text: str, url: str) -> Iterator[_Item]:
    feed = json.loads(text.lstrip("\ufeff \t\r\n"))
    items = feed.get("items")
    if not isinstance(items, list):
        raise ValueError("has no list of items")
    for item in items:
        if isinstance(item, dict):
            yield _JsonItem(item, url, feed)


class _JsonItem:
    """https://www.jsonfeed.org/version/1.1/; titles and summaries are plain text."""

    def __init__(self, told: dict[str, Any], base: str, feed: dict[str, Any]) -> None:
        self.told, self.base, self.feed = told, base, feed

    def _text(self, *names: str) -> str:
        """The first of the values that is a text; of a JSON feed anything may be anything."""
        return next((value for name in names if isinstance(value := self.told.get(name), str) and value.strip()), "")

    def link(self) -> str:
        name = self._text("id")
        return self._text("url", "external_url") or (name if name.startswith(("http://", "https://")) else "")

    def title(self) -> str:
        return self._text("title")

    def summary(self) -> str:
        return self._text("summary")

    def html(self) -> str:
        return self._text("content_html") or escape(self._text("content_text"), quote=False)

    def time(self) -> str:
        return self._text("date_published", "date_modified")

    def image(self) -> str | None:
        if address := urls.absolute(self.base, self._text("image", "banner_image")):
            return address
        for part in _dicts(self.told.get("attachments")):
            address = str(part.get("url") or "")
            if _is_picture(str(part.get("mime_type") or ""), address) and (found := urls.absolute(self.base, address)):
                return found
        return None

    def authors(self) -> Iterable[str]:
        for told in (self.told, self.feed):
            people = [*_dicts(told.get("authors")), *_dicts([told.get("author")])]
            names = [_name(who["name"]) for who in people if isinstance(who.get("name"), str)]
            if any(names):
                return filter(None, names)
        return []

    def guid(self) -> str:
        name = self.told.get("id")
        return str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""

    def tags(self) -> Iterable[str]:
        told = self.told.get("tags")
        return [tag[:MAX_AUTHOR] for tag in told if isinstance(tag, str)] if isinstance(told, list) else []

    def media(self) -> tuple[Media, ...]:
        return enclosed.of_json(_dicts(self.told.get("attachments")), self.base)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)][:MAX_TAGS] if isinstance(value, list) else []
