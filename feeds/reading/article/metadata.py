"""What a page says about its story besides the body: summary, authors, section, tags, language, addresses, credit."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from feeds.reading.article.title import find_title
from feeds.reading.bylines import people
from feeds.reading.page.clean import text_of_html
from feeds.reading.page.head import Head
from feeds.reading.page.page import Scan
from feeds.reading.page.printed import MAX_TAGS, Printed
from feeds.reading.page.structured import Node, of_another_story, own_story, paths, types
from feeds.reading.text import fold, squeeze
from feeds.reading.urls import absolute, clean, host, same_site

# Of the types of a node, written with "|" between them.
_ARTICLE_TYPES = re.compile(r"(?:Article|(?<![^|])(?:BlogPosting|Report|LiveBlogPosting|Review))(?![^|])")
_NEWS_TYPES = re.compile(r"(?:NewsArticle|(?<![^|])LiveBlogPosting)(?![^|])")
_SITE_TYPES = re.compile(r"Organization|(?<![^|])WebSite(?![^|])")
SETTINGS = 4  # so many different words before colons are no titles of series, but settings of the publishing system
MAX_TAG, MAX_TAG_WORDS = 80, 6  # characters and words of a tag
# What some systems write before a tag: of which kind it is; and what no reader knows a tag by.
_KIND = re.compile(
    r"^(?:sections?|topics?|organi[sz]ations?|persons?|places?|locations?|tags?|categor(?:y|ies))[/:]\s*(?=\S)",
    re.IGNORECASE,
)
_ID = re.compile(
    r"(?i:[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,}$|[a-z]+(?:_[a-z]+)+$)|\d{5,}$|:?/|[a-z]+(?:[-A-Z][A-Za-z]*)*: "
)
_MARKUP = re.compile(r"</?[a-z][^<>]*>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class Metadata:
    """Fields of an article that are not its body; names and meanings as in `feeds.model.Article`."""

    def __init__(self, page: Scan, url: str, nodes: list[Node], base: str = "") -> None:
        tree = page.tree
        self.head = Head(tree, page)
        typed = [(node, "|".join(types(node))) for node in nodes]
        self.story = _story(self.head, [node for node, names in typed if _ARTICLE_TYPES.search(names)], url)
        self.is_news = any(_NEWS_TYPES.search(names) for _, names in typed)
        self.site_names = _site_names(self.head, typed, url)
        self.title, self.heading = find_title(self.head, self.story, self.site_names)
        self.url = canonical(self.head, url, base)
        printed = self.head.printed
        self.section = _section(printed, self.head, self.story, typed, self.url)
        self.authors = _authors(printed, self.head, self.story, self.site_names, self.section)
        self.language = _language(tree, self.head, self.story)
        self.tags = _tags(printed, self.head, self.story)
        self.descriptions = self._descriptions()

    def _descriptions(self) -> list[str]:
        """What the head gives as summaries, the fullest kind first; none that only repeats the title or the site."""
        told = self.head.every("og:description", "description", "twitter:description")
        value = self.story.get("description") if self.story is not None else None
        if isinstance(value, str):
            told.append(squeeze(value))
        told = [unescape(text) for text in told]  # many are escaped twice, some are HTML
        told = [text_of_html(text) if _MARKUP.search(text) else text for text in told]
        nothing = {"", fold(self.title), *map(fold, self.site_names)}
        return [text for text in told if fold(text) not in nothing]


def _story(head: Head, articles: list[Node], url: str) -> Node | None:
    """The node of this story: the first that is not another story's, where none says that it is."""
    title = head.first("og:title") or head.title
    addresses = paths([url, head.links.get("canonical"), head.first("og:url")])
    own = own_story(articles, addresses, title)
    return own or next((node for node in articles if not of_another_story(node, addresses, title)), None)


def canonical(head: Head, url: str, base: str = "") -> str:
    """The story's address: what the page names as such where that is on the same site, else where it was read."""
    for told in (head.links.get("canonical"), head.first("og:url")):
        address = absolute(base or url, told)
        if address and same_site(address, url):
            return clean(address)
    return clean(url)


def _site_names(head: Head, typed: list[tuple[Node, str]], url: str) -> list[str]:
    told = head.every("og:site_name", "application-name", "al:ios:app_name", "twitter:site")
    told += [value for node, names in typed if _SITE_TYPES.search(names) and isinstance(value := node.get("name"), str)]
    domain = host(url).removeprefix("www.")
    return [*(name.lstrip("@") for name in told), domain, domain.split(".")[0]]


def _authors(
    printed: Printed, head: Head, story: Node | None, site_names: list[str], section: str | None
) -> tuple[str, ...]:
    """Who signed; some systems name the story's section as its author, which is left out where it is no name."""
    words = (section or "").split()
    if 2 <= len(words) <= 4 and all(word[0].isupper() for word in words):  # a columnist's own
        section = None
    told = [name for name in _told_authors(story) if name != section]
    names = map(unescape, head.every("author", "article:author", "dc.creator", "parsely-author", "byl"))
    meta = [name for name in names if name != section]
    if found := people(told, site_names, desks=False) or people(meta, site_names, desks=False):
        return found
    bylines = printed.bylines()
    return people(bylines, site_names, desks=False) or people([*told, *meta, *bylines], site_names)


def _told_authors(story: Node | None) -> list[str]:
    value: Any = story.get("author") if story else None
    authors = value if isinstance(value, list) else [value]
    names = [author.get("name") if isinstance(author, dict) else author for author in authors]
    return [unescape(text) for name in names for text in _strings(name)]


def _language(tree: LexborHTMLParser, head: Head, story: Node | None) -> str | None:
    root = tree.root
    told = [
        root.attributes.get("lang") if root is not None else None,
        head.first("og:locale", "content-language", "language"),
    ]
    for value in told:
        if value and _LANGUAGE.fullmatch(value.strip()):
            return value.strip().replace("_", "-")
    return None


def _section(printed: Printed, head: Head, story: Node | None, typed: list[tuple[Node, str]], url: str) -> str | None:
    section = head.first("article:section", "section", "parsely-section")
    if section is None and story is not None:
        value = story.get("articleSection")
        value = value[0] if isinstance(value, list) and value else value
        section = squeeze(value) if isinstance(value, str) else None
    for text in (section, _breadcrumb(typed, head.title, url)):
        if text and len(text) <= MAX_TAG:
            return unescape(text)
    name = printed.section()
    return name if 0 < len(name) <= MAX_TAG else None


def _breadcrumb(typed: list[tuple[Node, str]], title: str, url: str) -> str | None:
    """The last step of the page's breadcrumb trail that is neither the front page nor the story itself."""
    trail = next((node for node, names in typed if "BreadcrumbList" in names.split("|")), {})
    told = trail.get("itemListElement")
    steps = told if isinstance(told, list) else []
    names: list[str] = []
    for step in steps:
        item = step.get("item") if isinstance(step, dict) else None
        for node in (step, item):
            if isinstance(node, dict) and isinstance(name := node.get("name"), str) and squeeze(name):
                if step is not steps[-1] or not _leads_here(step, item, url):
                    names.append(squeeze(unescape(name)))
                break
    inner = [name for name in names[1:] if name.casefold() not in title.casefold()]
    return inner[-1] if inner else None


def _leads_here(step: Node, item: Any, url: str) -> bool:
    """Whether a step of a trail is the page itself: it leads there, or, without an address, nowhere."""
    address = item.get("@id") or item.get("url") if isinstance(item, dict) else item or step.get("@id")
    if not isinstance(address, str):
        return True
    return clean(absolute(url, address) or "").partition("//")[2] == url.partition("//")[2]


def _tags(printed: Printed, head: Head, story: Node | None) -> tuple[str, ...]:
    told = (
        head.every("article:tag")
        or _strings(story.get("keywords") if story else None)
        or head.every("news_keywords")
        or head.every("keywords")
        or printed.tags()
    )
    tags = [_KIND.sub("", squeeze(tag)) for text in told for tag in re.split(r"[,;]", unescape(text))]
    kept = [tag for tag in tags if 1 < len(tag) < MAX_TAG and len(tag.split()) <= MAX_TAG_WORDS and not _ID.match(tag)]
    settings = {tag.partition(": ")[0] for tag in kept if ": " in tag}  # "Day: Wednesday, Time: 20.00, Page Type: …"
    if len(settings) >= SETTINGS:
        kept = [tag for tag in kept if ": " not in tag]
    return tuple(dict.fromkeys(kept))[:MAX_TAGS]


def _strings(value: Any) -> list[str]:
    """The strings in a JSON value that is one or a list of them."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
