"""What a document says of itself as a whole: whose it is, in which language, and whether it tells one story only.

Asked once, when somebody is about to watch it (`daemon.polling.preview`); polls do not need it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import lxml.etree as etree

from feeds.errors import NotAnArticleError
from feeds.model import About
from feeds.reading import urls
from feeds.reading.article.extract import extract_article
from feeds.reading.article.metadata import Metadata
from feeds.reading.documents.feed import looks_like_feed
from feeds.reading.documents.xml import local_name, parse_mended
from feeds.reading.page.dom import base_of, parse, text_of
from feeds.reading.page.page import Scan
from feeds.reading.page.structured import json_ld
from feeds.reading.text import fold, printable, squeeze

MAX_TITLE = 120  # characters; sites' names have forty, and some pages put a sentence behind them
TOLD = 400  # characters of a story under a heading of its own; what a list has under its heading is shorter
_PATH = re.compile(r"\d{5,}|(?:[^\W_]+-){4,}")  # of a story's address: a number, or a headline
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def about(text: str, url: str) -> About:
    """What the feed or page at ``url`` says of itself; nothing of what is neither, or cannot be read."""
    if looks_like_feed(text):
        return _of_feed(text)
    return _of_page(text, url) if "<" in text[:4096] else About()


def _of_page(text: str, url: str) -> About:
    tree = parse(text)
    page = Scan(tree)
    told = Metadata(page, url, json_ld(tree, page.named["script"]), base_of(tree, url))
    title = told.head.first("og:site_name") or told.head.title or told.head.first("og:title") or ""
    if not _is_story(told, text, url):
        return About(title=_cut(title), language=told.language)
    return About(title=_cut(title), language=told.language, is_story=True, listed_at=_list_of(page, told, url))


def _is_story(told: Metadata, text: str, url: str) -> bool:
    """What the page says of itself counts; where it says nothing, a story's address, headline and length."""
    if urlsplit(url).path in ("", "/"):
        return False
    claims = (told.head.first("og:type") or "").startswith("article") and "article:published_time" in told.head.meta
    if told.story is not None or (claims and told.heading is not None):
        return True
    if told.heading is None or not _PATH.search(urlsplit(url).path):
        return False
    try:
        return len(extract_article(text, url).body_text) >= TOLD
    except NotAnArticleError:
        return False


def _list_of(page: Scan, told: Metadata, url: str) -> str | None:
    """Where the page's link to its own section leads; else the front page."""
    base, section = base_of(page.tree, url), fold(told.section or "")
    for link in page.tree.css("a[href]")[:2000] if section else ():
        address = urls.absolute(base, link.attributes.get("href"))
        elsewhere = address and urls.same_site(address, url) and urls.clean(address) != urls.clean(url)
        if address and elsewhere and fold(text_of(link)) == section:
            return urls.clean(address)
    return urls.absolute(url, "/")


def _of_feed(text: str) -> About:
    told: dict[str, str] = {}
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            found: Any = json.loads(text.lstrip("\ufeff \t\r\n"))
            told = {name: value for name in ("title", "language") if isinstance(value := found.get(name), str)}
        else:
            told = _of_channel(parse_mended(text))
    except (ValueError, RecursionError, AttributeError, etree.LxmlError):
        pass  # whether it can be read as a feed at all, its reader says
    language = told.get("language", "").strip()
    known = language if _LANGUAGE.fullmatch(language) else None
    return About(title=_cut(told.get("title", "")), language=known and known.replace("_", "-"))


def _of_channel(root: etree._Element | None) -> dict[str, str]:
    if root is None:
        return {}
    channel = next((node for node in root.iter(etree.Element) if local_name(node) == "channel"), root)
    told = {"language": root.get("{http://www.w3.org/XML/1998/namespace}lang", "")}
    for node in channel:
        if isinstance(node.tag, str) and local_name(node) in ("title", "language") and node.text:
            told[local_name(node)] = node.text
    return told


def _cut(title: str) -> str:
    text = printable(squeeze(title))
    return text if len(text) <= MAX_TITLE else text[:MAX_TITLE].rpartition(" ")[0].rstrip(" ,;:–-|") + "…"
