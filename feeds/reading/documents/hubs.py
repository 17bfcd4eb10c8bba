"""The hub that a document names, and the topic to ask it for (WebSub section 4, Discovery).

1. Link headers come first, then ``<link>`` elements, then JSON Feed's ``hubs``.
2. Elements count only where the publisher speaks of the whole document: before the first entry, in an HTML page before
   its body. Behind that readers may have written them (WebSub section 8, Discovery).
3. Of the first few hubs one with https is taken, if there is one (WebSub section 8, Subscriptions), else the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

import msgspec

from feeds.reading import urls

LOOKED_AT = 65_536  # bytes of a document: what it says of itself stands at its beginning
JSON_LIMIT = 4_000_000  # bytes of a JSON Feed, whose hubs may stand behind its items; a hundredth of a second
MAX_LINKS, MAX_LINK = 10, 2_000  # Link headers that are looked at, and characters of each
MAX_HUBS = 10  # that are looked at for one with https
MAX_ELEMENT = 4_096  # bytes of one element

Pair = tuple[str, str]  # a relation (hub, self), and an address as it is written


def hub_of(body: bytes, link_headers: Sequence[str], url: str) -> tuple[str, str] | None:
    """The hub and the topic of the document ``body`` that ``url`` answered with; None where it names no hub.

    The topic is what the document calls itself (``rel=self``), in its own spelling, or else ``url``. Both are http or
    https. Takes time in proportion to the sizes above, and raises nothing.
    """
    said = list(_in_headers(link_headers))
    hub = _best(said, url)
    if hub is None or not _address(said, "self", url):
        said += (
            _in_json(body[:JSON_LIMIT]) if body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else _in_markup(body)
        )
        hub = hub or _best(said, url)
    return (hub, _address(said, "self", url) or url) if hub else None


def _best(said: Sequence[Pair], url: str) -> str | None:
    named = [where for rel, where in said if rel == "hub"][:MAX_HUBS]
    hubs = [found.partition("#")[0] for where in named if (found := urls.absolute(url, where))]
    return next((hub for hub in hubs if hub.startswith("https://")), hubs[0] if hubs else None)


def _address(said: Sequence[Pair], wanted: str, url: str) -> str | None:
    """The first usable address of that relation. One that is whole stays as it is written: hubs compare letters."""
    for rel, where in said:
        if rel == wanted and (found := urls.absolute(url, where)):
            plain = (
                where.isascii() and where.isprintable() and " " not in where and urls.absolute("", where) is not None
            )
            return where if plain else found
    return None


# RFC 8288 section 3. No escapes in quotes, and nothing given back: an address or a relation needs neither.
_LINK = re.compile(r'<([^<>]*+)>((?:[^",]++|"[^"]*+")*+)')
_PARAMETER = re.compile(r';\s*+(rel|anchor)\s*+=\s*+(?:"([^"]*+)"|([^\s",;]++))', re.I)


def _in_headers(headers: Sequence[str]) -> Iterator[Pair]:
    for header in headers[:MAX_LINKS]:
        for link in _LINK.finditer(header[:MAX_LINK]):
            told: dict[str, str] = {}
            for name, quoted, plain in _PARAMETER.findall(link[2]):
                told.setdefault(name.lower(), quoted or plain)  # of several the first one counts (section 3.3)
            if "anchor" not in told:  # else it is a link of another document (section 3.2)
                yield from _of_interest(told.get("rel", ""), link[1].strip())


# What may hold things that look like elements and are none; elements of interest; where what readers wrote begins.
_NEXT = re.compile(
    rb"<(?:(!--)|(!\[CDATA\[)|(?:[a-z0-9_.-]{1,20}:)?(?:(script|style|noscript|title)|(link)|(entry|item|items|body))"
    rb"(?=[\s/>]))",
    re.I,
)
_TELLING = re.compile(rb"hub|self", re.I)  # most elements name style sheets
_ATTRIBUTE = re.compile(rb"(?<![\w:-])(rel|href)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.I)


def _in_markup(body: bytes) -> list[Pair]:
    """The ``<link>`` elements of a feed or a page, in one pass."""
    head, here = body[:LOOKED_AT], 0
    found: list[Pair] = []
    while (seen := _NEXT.search(head, here)) is not None:
        comment, cdata, closed, link, end = seen.groups()
        if end:
            break
        ending = b"-->" if comment else b"]]>" if cdata else b"</" + closed if closed else b">"
        here = _behind(head, ending, seen.end())
        if here < 0:
            break
        element = head[seen.end() : min(here, seen.end() + MAX_ELEMENT)] if link else b""
        if _TELLING.search(element):
            found += _of_element(element)
    return found


def _behind(head: bytes, ending: bytes, start: int) -> int:
    at = head.find(ending, start)
    return at if at < 0 else at + len(ending)


def _of_element(attributes: bytes) -> Iterable[Pair]:
    told: dict[bytes, bytes] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        told.setdefault(name.lower(), double or single or bare)
    rel, href = (unescape(told.get(name, b"").decode("utf-8", "replace")).strip() for name in (b"rel", b"href"))
    return _of_interest(rel, href)


def _of_interest(rel: str, where: str) -> list[Pair]:
    """The relations among those of one link (they are case-insensitive) that matter here."""
    return [(name, where) for name in ("hub", "self") if name in rel.lower().split()] if where else []


class _Hub(msgspec.Struct):
    type: str = ""
    url: str = ""


class _JsonFeed(msgspec.Struct):
    hubs: msgspec.Raw = msgspec.Raw(b"[]")
    feed_url: str = ""


_json_feed = msgspec.json.Decoder(_JsonFeed)
_hubs = msgspec.json.Decoder(list[_Hub])


def _in_json(body: bytes) -> list[Pair]:
    """What a JSON Feed 1.1 says (``hubs``, ``feed_url``)."""
    try:
        told = _json_feed.decode(body.removeprefix(b"\xef\xbb\xbf"))
        named = _hubs.decode(told.hubs) if len(told.hubs) <= MAX_ELEMENT else []
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []
    hubs = [("hub", hub.url.strip()) for hub in named if hub.type.lower() == "websub"]
    return [*hubs, ("self", told.feed_url.strip())]
