"""Readers of articles to compare: ours, and three from PyPI, each with the options that suit news best.

Each function here returns a reader; libraries are imported when theirs is asked for, in the process that uses it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from feeds.reading.article.extract import extract_article


class Read(NamedTuple):
    """What a reader says of a page."""

    title: str | None = None
    published: date | str | None = None  # a datetime is a date, too
    text: str = ""


Reader = Callable[[str, str], Read]


def bantin() -> Reader:
    def read(html: str, url: str) -> Read:
        article = extract_article(html, url)
        return Read(article.title, article.published, article.body_text)

    return read


def trafilatura() -> Reader:
    from trafilatura import bare_extraction

    def read(html: str, url: str) -> Read:
        document: Any = bare_extraction(html, url=url, with_metadata=True, include_comments=False)
        return Read(document.title, document.date, document.text or "") if document else Read()

    return read


def readability() -> Reader:
    from lxml.html import fromstring
    from readability import Document

    def read(html: str, url: str) -> Read:
        document = Document(html)
        return Read(document.short_title(), text=" \n".join(fromstring(document.summary()).itertext()))

    return read


def newspaper4k() -> Reader:
    """Its answers to one page differ from call to call: its figures move in the third digit."""
    import newspaper

    def read(html: str, url: str) -> Read:
        article: Any = newspaper.Article(url, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return Read(article.title, article.publish_date, article.text)

    return read


PEERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": trafilatura,
    "readability": readability,
    "newspaper4k": newspaper4k,
}
READERS = {"bantin": bantin, **PEERS}
