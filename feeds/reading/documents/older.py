"""Where a feed goes on with older entries: paged and archived feeds (RFC 5005), JSON Feed, WordPress.

Only the head of a document is looked at, in one pass over its tags that takes whatever comes: what a feed says of
itself stands before its entries, and a document that cannot be read as XML can still say it.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from html import unescape

from feeds.reading import urls
from feeds.reading.documents.feed import looks_like_feed

HEAD = 65_536  # characters; some feeds have their styles and a long list of categories before the first entry
MOST = 3  # addresses: one of each kind
MAX_GENERATOR = 100  # characters of a program's name

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})([^<>]{0,4000})>?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)')")
_JSON = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[{}\[\]:]', re.DOTALL)
_RELATION = "http://www.iana.org/assignments/relation/"  # RFC 4287 section 4.2.7.2: a name stands for such an address
_PAGED = re.compile(r"(?:^|&)paged=(\d{1,4})(?=&|$)", re.ASCII)


def older_feed(document: bytes | str, url: str) -> tuple[str, ...]:
    """The addresses under which the feed at ``url`` goes on with older entries, best first; empty where it says none.

    They are absolute and of the same owner. ``next`` is the next page of a paged feed (RFC 5005 section 3),
    ``prev-archive`` the archive before this document (section 4), ``next_url`` the next page of a JSON Feed (version
    1.1, top level). A WordPress feed has its further pages under ``?paged=2``, and does not say so. Nothing of an
    entry, of a text or of a comment counts.
    """
    head = _head(document).lstrip("\ufeff \t\r\n")
    if not looks_like_feed(head):
        return ()
    told = _of_json(head) if head.startswith("{") else _of_xml(head, url)
    found: dict[str, None] = {}
    for href in told:
        address = urls.absolute(url, href)
        if address and urls.same_domain(address, url) and (address := address.partition("#")[0]) != url:
            found[address] = None
    return tuple(found)[:MOST]


def _head(document: bytes | str) -> str:
    """The document's first characters; addresses are ASCII, so that only UTF-16 needs to be told apart."""
    if isinstance(document, str):
        return document[:HEAD]
    wide = document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return document[:HEAD].decode("utf-16" if wide else "utf-8", "replace")


def _of_json(head: str) -> Iterator[str]:
    """The ``next_url`` of the outermost object."""
    depth, key, after = 0, "", ""
    for token in _JSON.finditer(head):
        text = token[0]
        if text in "{[":
            depth += 1
        elif text in "}]":
            depth -= 1
        elif text == ":":
            after = key
            continue
        elif depth == 1:
            if after == '"next_url"':
                yield _text(text)
            key = text
        after = ""


def _text(literal: str) -> str:
    try:
        told = json.loads(literal)
    except ValueError:
        return ""
    return told if isinstance(told, str) else ""


def _of_xml(head: str, url: str) -> Iterator[str]:
    """The links of the feed itself, the best first."""
    found: dict[str, str] = {}
    entries, base, wordpress = 0, url, False
    for tag in _TAG.finditer(head):
        name = (tag[2] or "").lower()
        if name in ("item", "entry"):
            closed = (tag[3] or "").endswith("/")
            entries += -1 if tag[1] else 0 if closed else 1
        elif name == "link" and entries <= 0 and not tag[1]:
            given = _attributes(tag[3])
            relation = given.get("rel", "").strip().lower().removeprefix(_RELATION)
            if relation in ("next", "prev-archive") and given.get("href"):
                found.setdefault(relation, urls.absolute(base, given["href"].strip()) or "")
        elif name == "generator" and entries <= 0 and not tag[1]:
            said = (
                _attributes(tag[3]).get("uri", "") + " " + head[tag.end() : tag.end() + 100].partition("<")[0]
            ).lower()
            wordpress = "wordpress" in said
        elif name in ("feed", "channel") and not tag[1] and (told := _attributes(tag[3]).get("xml:base")):
            base = urls.absolute(base, told) or base
    yield from (found[relation] for relation in ("next", "prev-archive") if relation in found)
    if wordpress and "next" not in found:
        yield _next_paged(url)


def _attributes(text: str) -> dict[str, str]:
    return {match[1]: unescape(match[2] or match[3] or "") for match in _ATTRIBUTE.finditer(text)}


def _next_paged(url: str) -> str:
    """The address of the next page of a WordPress feed: `WP_Query`'s parameter ``paged``, which counts from 1."""
    path, _, query = url.partition("#")[0].partition("?")
    if page := _PAGED.search(query):
        return f"{path}?{query[: page.start(1)]}{int(page[1]) + 1}{query[page.end(1) :]}"
    return f"{path}?{query}&paged=2" if query else f"{path}?paged=2"
