"""What a page's metadata claims of its article's times: JSON-LD, meta elements, the address.

A claim is a text with a weight. The weights say how often such a source told the day that readers saw on the page,
over the pages described in docs/explanation/reading-dates.md; they are compared, never added up to a probability.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from feeds.reading.dates.words import MONTHS_BY_LANGUAGE
from feeds.reading.page.structured import Node, own_story, types


class Claim(NamedTuple):
    """A text that should tell when the article was published (or modified), and how far to trust it."""

    text: str
    weight: float
    modified: bool = False


# Names of meta elements (their property, or name), in lower case. Names that mean the article's own publication weigh
# more than those that some systems fill with the time of the last change, or of the page's delivery.
META_PUBLISHED: dict[str, float] = {
    **dict.fromkeys(
        ("article:published_time", "og:article:published_time", "article:published", "og:published_time"), 9
    ),
    **dict.fromkeys(("datepublished", "article:published:time", "published_time", "published_at", "og:pubdate"), 8),
    **dict.fromkeys(
        ("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime"), 8
    ),
    **dict.fromkeys(("pubdate", "pub_date", "publishdate", "publish-date", "publish_date", "publisheddate"), 8),
    **dict.fromkeys(("content:publishdate", "prism.publicationdate", "citation_publication_date", "bt:pubdate"), 8),
    **dict.fromkeys(("dc.date.issued", "dcterms.issued", "published", "published-date", "release_date"), 8),
    **dict.fromkeys(("date", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created", "date.created"), 4.5),
    **dict.fromkeys(("article.published", "article.created", "article:created_time", "article_date_original"), 6),
    **dict.fromkeys(("published_on", "article_published_time", "article:published_date", "article:publish_time"), 8),
    **dict.fromkeys(("og:publish_date", "og:datepublished", "shareaholic:article_published_time", "publish_time"), 8),
    **dict.fromkeys(("http://ogp.me/ns/article#published_time", "article:publication_date", "publication_date"), 8),
    **dict.fromkeys(("og:article:published", "sailthru.publish_date", "article-published", "article.publishdate"), 8),
    **dict.fromkeys(("datecreated", "date_published", "first_published", "originalpublishdate", "published_date"), 6),
    **dict.fromkeys(("created", "creation_date", "originalpublicationdate", "displaydate", "uploaddate", "og:date"), 4),
}
META_MODIFIED: dict[str, float] = {
    **dict.fromkeys(("article:modified_time", "og:article:modified_time", "article:modified", "og:modified_time"), 9),
    **dict.fromkeys(
        ("datemodified", "article:modified:time", "modified_time", "dcterms.modified", "dc.date.modified"), 8
    ),
    **dict.fromkeys(("article.updated", "date.modified", "article_updatetime", "modified", "dateupdated"), 8),
    **dict.fromkeys(("og:updated_time", "article:updated_time", "lastmod", "updated", "dc.date.updated"), 6),
    **dict.fromkeys(("last-modified", "last_modified", "last-updated", "date.updated", "revised"), 4),
}

_ARTICLE = re.compile(r"(?:Article|Posting|Report|Review|Recipe|ClaimReview)$")
_PAGE = re.compile(r"(?:WebPage|ItemPage|FAQPage|AboutPage|VideoObject|AudioObject|ImageGallery|CreativeWork)$")
_YEAR = r"((?:19|20)\d\d)"
_MONTH = r"(0?[1-9]|1[0-2]|[a-z]{3,9})"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
MONTH_NAMES = [month.split()[0] for month in MONTHS_BY_LANGUAGE["en"]]
_ADDRESS_DAYS = (
    re.compile(rf"(?<!\d){_YEAR}([/._-]){_MONTH}\2{_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}([/._-]){_MONTH}\2{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"),
)
_ADDRESS_MONTH = re.compile(rf"/{_YEAR}/(0?[1-9]|1[0-2])/")


def meta_claims(metas: list[tuple[str, str]]) -> list[Claim]:
    """The claims of meta elements."""
    claims = []
    for name, content in metas:
        if weight := META_PUBLISHED.get(name):
            claims.append(Claim(content, weight))
        elif weight := META_MODIFIED.get(name):
            claims.append(Claim(content, weight, modified=True))
    return claims


def linked_claims(nodes: list[Node], addresses: list[str], title: str) -> list[Claim]:
    """The claims of the JSON-LD node that describes the page's own article."""
    node, weight = _own_node(nodes, addresses, title)
    if node is None:
        return []
    claims = []
    for key, factor in (("datePublished", 1.0), ("uploadDate", 0.6), ("dateCreated", 0.6)):
        if isinstance(value := node.get(key), (str, int)):
            claims.append(Claim(str(value), weight * factor))
    if isinstance(value := node.get("dateModified"), (str, int)):
        claims.append(Claim(str(value), weight, modified=True))
    return claims


def _own_node(nodes: list[Node], addresses: list[str], title: str) -> tuple[Node | None, float]:
    """The article of the page's address, else of its title, else the only one, else the first; and its weight."""
    dated = [node for node in nodes if "datePublished" in node or "dateCreated" in node or "uploadDate" in node]
    articles = [node for node in dated if any(_ARTICLE.search(kind) for kind in types(node))]
    if articles:
        own = own_story(articles, addresses, title)
        return (own, 10) if own is not None else (articles[0], 10 if len(articles) == 1 else 5)
    pages = [node for node in dated if any(_PAGE.search(kind) for kind in types(node))]
    return (pages[0], 6) if pages else (None, 0)


def address_month(url: str) -> tuple[int, int] | None:
    """The year and month in an address (``/2023/12/slug``), as of blogs and of folders of a month."""
    match = _ADDRESS_MONTH.search(url)
    return (int(match[1]), int(match[2])) if match else None


def address_day(url: str) -> str | None:
    """The day in an address (``/2023/12/28/slug``, ``/2023/dec/28/slug``, ``slug-28-12-2023``), as a date in words."""
    try:
        path = unquote(urlsplit(url).path).lower()
    except ValueError:
        return None
    for pattern in _ADDRESS_DAYS:
        if match := pattern.search(path):
            first, month, last = match[1], match[3], match[4]
            day, year = (last, first) if len(first) == 4 else (first, last)
            return f"{day} {MONTH_NAMES[int(month) - 1] if month.isdigit() else month} {year}"
    return None
