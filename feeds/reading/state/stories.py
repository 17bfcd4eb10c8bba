"""The stories among the objects of a page's state, told by their shape."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from feeds.reading.page.structured import same_words
from feeds.reading.state.prose import MIN_TEXT, Node, html_of
from feeds.reading.state.references import nodes
from feeds.reading.text import squeeze

MIN_NAME = 6  # characters of a slug that names one story
MIN_NUMBER = 5  # characters of a number that does
MAX_BODIES = 60  # objects of one page whose texts are put together
DAY = 10**8  # smaller numbers are no times

# The names under which systems keep what a story has, in the spelling of `fields`; those that say it best stand first.
TITLE = ("headline", "title", "name", "heading")
ADDRESS = (
    "url", "href", "link", "canonicalurl", "weburl", "shareurl", "permalink", "websiteurl", "articleurl", "path",
    "pathname", "uri",
)  # fmt: skip
SLUG = ("slug", "urlslug", "seoslug", "alias", "handle", "permalinkslug")
TIME = (
    "datepublished", "publishedat", "publishdate", "publisheddate", "publishtime", "published", "publicationdate",
    "publishdatetime", "firstpublished", "firstpublishedat", "firstpublishdate", "displaydate", "pubdate",
    "releasedate", "date", "dategmt", "distributiondate", "time", "timestamp", "datetime", "createdat", "created",
    "datecreated", "createddate",
)  # fmt: skip
MODIFIED = (
    "datemodified", "modifiedat", "updatedat", "modified", "updated", "lastmodified", "lastupdated", "modifieddate",
)  # fmt: skip
SUMMARY = (
    "description", "summary", "abstract", "excerpt", "lead", "sapo", "standfirst", "dek", "deck", "teaser", "intro",
    "subtitle", "chapeau",
)  # fmt: skip
IMAGE = (
    "image", "thumbnailurl", "thumbnail", "imageurl", "picture", "leadimage", "coverimage", "cover", "featuredimage",
    "heroimage", "mainimage", "photo",
)  # fmt: skip
AUTHOR = ("author", "authors", "byline", "bylines", "creator", "credits", "writers")
SECTION = ("section", "articlesection", "category", "categoryname", "channel", "rubric")
# In which an object holds its text: {"rendered": "…"}, {"basic": "…"}, {"current": "…"}, {"src": "…"}.
_INNER = (
    "rendered", "basic", "current", "text", "value", "main", "default", "url", "src", "href", "name", "title",
    "original", "by",
)  # fmt: skip
_NOT_LETTERS = re.compile(r"[^a-z]")
_TAGS = re.compile(r"<[^<>]*+>")


def fields(node: Node) -> Node:
    """The object with its names in one spelling: "datePublished" and "date_published" are one."""
    found: Node = {}
    for key, value in node.items():
        found.setdefault(_NOT_LETTERS.sub("", key.lower()), value)
    return found


def first(found: Node, keys: tuple[str, ...]) -> str | None:
    """The first text under one of the keys, of those of `fields`; of an object or list under it, the one within."""
    for key in keys:
        if (text := _text(found.get(key))) is not None:
            return text
    return None


def _text(value: Any, depth: int = 0) -> str | None:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if type(value) is int and value > DAY:
        return str(value)
    if isinstance(value, list) and value and depth < 3:
        return _text(value[0], depth + 1)
    if isinstance(value, dict) and depth < 3:
        return next((text for key in _INNER if (text := _text(value.get(key), depth + 1))), None)
    return None


def plain(text: str | None) -> str:
    """A text without the markup that some systems keep in headlines and summaries."""
    if not text:
        return ""
    if "<" in text or "&" in text:
        body = LexborHTMLParser(text[:5000]).body
        text = body.text(separator=" ") if body is not None else ""
    return squeeze(text)


def own_story(values: Iterable[Any], title: str, path: str) -> tuple[Node, str] | None:
    """The object that is the page's own story, as a schema.org NewsArticle, and its text as HTML.

    It bears the page's ``title``, or its slug or number stands in the page's ``path``; None where none does.
    """
    best: tuple[Node, str] | None = None
    most, left = (0, MIN_TEXT), MAX_BODIES
    for node in nodes(values):
        told = fields(node)
        headline = plain(first(told, TITLE))
        sure = bool(headline) and (same_words(headline, title) or _is_numbered(told, path))
        if not sure and not (headline and _is_named(told, path)):
            continue
        html = html_of(node)
        weight = int(sure), len(_TAGS.sub("", html))
        if weight > most and weight[1] > MIN_TEXT:
            best, most = (_described(told, headline), html), weight
        left -= 1
        if left < 0:
            break
    return best


def _is_numbered(told: Node, path: str) -> bool:
    """Whether an object's number or address is the page's."""
    values = [told.get(key) for key in ("id", "articleid", "postid", "databaseid", "uuid")]
    names = [str(value) for value in values if isinstance(value, str) or type(value) is int]
    if any(len(name) >= MIN_NUMBER and name in re.split(r"[^0-9A-Za-z]+", path) for name in names):
        return True
    address = first(told, ADDRESS)
    return address is not None and len(path) > MIN_NAME and address.rstrip("/").endswith(path.rstrip("/"))


def _is_named(told: Node, path: str) -> bool:
    """Whether an object's slug is what the page's address ends with: before that stand those of sections."""
    last = path.rstrip("/").rpartition("/")[2]
    for key in SLUG:
        slug = _text(told.get(key))
        if slug is not None and len(slug) >= MIN_NAME:
            slug = slug.strip("/").rpartition("/")[2]
            if slug and re.search(rf"(?:^|[-_.=]){re.escape(slug)}(?:$|[-_.])", last):
                return True
    return False


def _described(told: Node, headline: str) -> Node:
    """The object in schema.org's words; no word for what it does not say."""
    author = next((told[key] for key in AUTHOR if told.get(key)), None)
    found: Node = {
        "@type": "NewsArticle",
        "headline": headline,
        "datePublished": first(told, TIME),
        "dateModified": first(told, MODIFIED),
        "description": plain(first(told, SUMMARY)),
        "image": first(told, IMAGE),
        "articleSection": plain(first(told, SECTION)),
        "author": [{"@type": "Person", "name": name} for name in _names(author)],
    }
    return {key: value for key, value in found.items() if value}


def _names(value: Any) -> list[str]:
    """The names of people in whatever form they are kept."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            item = next(
                (item[key] for key in ("name", "fullName", "full_name", "displayName", "title") if item.get(key)), None
            )
        if isinstance(item, str) and 0 < len(item) < 100 and not item.startswith("http"):
            found.append(plain(item))
    return found[:20]
