"""The dates that a page shows: texts with a date in them, weighed by where and how they stand.

A story's own dateline stands beside its headline, in an element made for it (``<time>``, ``itemprop``, a class named
date or published), and says little else. The dates of teasers, comments and footers stand in elements named after
those. A date in a sentence is what the story is about. `beside_headline` looks at a few dozen texts around the
headline and is cheap; `on_page` looks at every text, for pages that have no better evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.reading.date_claims import Claim, same_words, word_letters
from feeds.reading.date_words import MODIFIED_LABELS, OTHER_LABELS, PUBLISHED_LABELS
from feeds.reading.dates import Moment
from feeds.reading.text import squeeze

MAX_NODES = 40_000
MAX_TEXT = 200
MAX_SIGHTINGS = 60  # a page of an archive has hundreds
MAX_WEIGHED = 12
ALONE = 1.5  # what the only day on a page gains
NODES_AFTER, NODES_BEFORE = 150, 40  # how far "beside the headline" reaches, in nodes

_NATIVE = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59"  # digits of other scripts
_YEAR = re.compile(
    rf"[12{_NATIVE}](?:[09{_NATIVE}]|5(?=[67]))\d\d(?!\d)"
)  # begins with a set, which the engine finds fastest
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "textarea", "title", "option", "code", "pre", "svg", "select"}
)
_BEARERS = frozenset({"time", "abbr", "meta", "data", "relative-time", "time-ago"})
_DATED = re.compile(r"dat(?:e|um)|publi[sc]|posted|time|fecha|byline|created|erstell|meta|info|submitted|author|autor")
_FOREIGN = re.compile(
    r"comment|kommentar|reply|related|recommend|(?<!article[_-])(?<!post-)(?<!entry-)(?<!story-)footer|copyright|popular|upcoming|recirc|tweet|disqus|event|citation"
    r"|veranstalt|joined|archive|calendar|newsletter|reference|footnote|bibliograph|-source"
)
_TEASER = re.compile(
    r"teaser|promo|ticker|carousel|slider|swiper|latest|recent|most-|trending|\bcard|\bnav|menu|read-?more"
    r"|(?<!elementor-)widget|sidebar"
)
MODIFIED = re.compile(MODIFIED_LABELS, re.IGNORECASE)
PUBLISHED = re.compile(PUBLISHED_LABELS, re.IGNORECASE)
_OTHER = re.compile(OTHER_LABELS, re.IGNORECASE)
_SEPARATOR = re.compile(r"[,;|•·()]\s*(?=[^\W\d])")
_ITEMPROP = re.compile(r"date(?:published|created|modified)", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_CAPTION = re.compile(r"caption|pic(?:ture|box)|\bbild|\bfoto|\bphoto|image|figure")
_SCRIPTED = re.compile(
    r'"(?:datePublished|publishedAt|published_at|publishDate|publish_date|publicationDate|datePosted)"\s*:\s*"([^"]{8,40})"'
)

Parse = Callable[[str], Moment | None]


class Sighting(NamedTuple):
    """A date that the page shows.

    ``place`` is its distance from the headline in letters (from the page's beginning where there is no headline);
    ``made_for`` marks an attribute or element whose only purpose is a date.
    """

    text: str
    holder: LexborNode
    place: int
    made_for: bool
    moment: Moment


class Shown(NamedTuple):
    """A claim made by what the page shows, and its time."""

    claim: Claim
    moment: Moment


def headline(tree: LexborHTMLParser, title: str) -> LexborNode | None:
    """The heading that says most of the page's title, else the first ``h1`` with text in it."""
    first, best = None, None
    most = max(7, len(word_letters(title)) * 3 // 10)
    for heading in tree.css("h1, h2")[:40]:
        if best is not None and heading.tag != "h1":
            continue
        text = heading.text(deep=True, separator=" ")[:600].strip()
        letters = len(word_letters(text))
        if letters > most and same_words(text, title):
            best, most = heading, letters
        if first is None and heading.tag == "h1" and letters > 3:
            first = heading
    return best or first


def beside_headline(heading: LexborNode, parse: Parse) -> list[Sighting]:
    """The dates around the headline."""
    after, _ = _scan(_after(heading), parse)
    before, _ = _scan(_before(heading), parse)
    return after + [sighting._replace(place=-sighting.place) for sighting in before]


def on_page(body: LexborNode, heading: LexborNode | None, parse: Parse) -> list[Sighting]:
    """All the dates that the page shows, and those in its microdata."""
    marked = frozenset(node.mem_id for node in body.css("[itemprop^=date], [data-date], [data-published]"))
    sightings, place = _scan(body.traverse(include_text=True), parse, heading, marked)
    return [sighting._replace(place=sighting.place - place) for sighting in sightings]


def in_scripts(tree: LexborHTMLParser) -> str | None:
    """The one time that the page's scripts call the publication's; None where they tell none, or several."""
    found: set[str] = {
        match for script in tree.css("script:not([src])") for match in _SCRIPTED.findall(script.text(deep=True))
    }
    return found.pop() if len(found) == 1 else None


def _after(heading: LexborNode) -> Iterator[LexborNode]:
    """The nodes from the headline on, in document order."""
    node: LexborNode | None = heading
    for _ in range(NODES_AFTER):
        if node is None:
            return
        yield node
        following = node.child if node.tag not in _SILENT else None
        while following is None and node is not None:
            following = node.next
            node = node.parent
        node = following


def _before(heading: LexborNode) -> Iterator[LexborNode]:
    """The nodes before the headline, nearest first."""
    node: LexborNode | None = heading
    for _ in range(NODES_BEFORE):
        if node is None:
            return
        earlier = node.prev
        if earlier is None:
            node = node.parent
        else:
            while earlier.last_child is not None and earlier.tag not in _SILENT:
                earlier = earlier.last_child
            node = earlier
        if node is not None:
            yield node


def _ancestors(node: LexborNode) -> frozenset[int]:
    found: set[int] = set()
    parent: LexborNode | None = node
    while parent is not None and len(found) < 200:
        found.add(parent.mem_id)
        parent = parent.parent
    return frozenset(found)


def _scan(
    nodes: Iterable[LexborNode],
    parse: Parse,
    heading: LexborNode | None = None,
    marked: frozenset[int] = frozenset(),
) -> tuple[list[Sighting], int]:
    """The dates among the nodes, each with how many letters stand before it; and where the headline is."""
    found: list[Sighting] = []
    place, heading_place = 0, 0
    heading_id = heading.mem_id if heading is not None else None
    has_year = _YEAR.search
    for node in islice(nodes, MAX_NODES):
        tag = node.tag
        sighting = None
        if tag == "-text":
            text = node.text_content
            if text is None or text.isspace():
                continue
            if len(text) <= MAX_TEXT and has_year(text):
                sighting = _text_date(text, node, place, parse)
            place += len(text)
        elif tag in _BEARERS or (marked and node.mem_id in marked):
            sighting = _attribute_date(node, place, parse)
        elif heading_id is not None and tag in ("h1", "h2") and node.mem_id == heading_id:
            heading_place = place
        if sighting is not None:
            found.append(sighting)
            if len(found) >= MAX_SIGHTINGS:
                break
    return found, heading_place


def _text_date(text: str, node: LexborNode, place: int, parse: Parse) -> Sighting | None:
    """The date of a text, or of the element around it where day, month and year stand in elements of their own."""
    holder = node.parent
    if holder is None or holder.tag in _SILENT:
        return None
    moment = parse(text)
    if moment is None and len(text.strip()) <= 12:
        for _ in range(2):
            holder = holder.parent
            if holder is None:
                return None
            text = holder.text(deep=True, separator=" ")
            if len(text) > 60:
                return None
            if moment := parse(text):
                break
    return Sighting(squeeze(text), holder, place, holder.tag == "time", moment) if moment else None


def _attribute_date(node: LexborNode, place: int, parse: Parse) -> Sighting | None:
    """``<time datetime>``, ``<abbr title>``, ``itemprop="datePublished"`` with its ``content``."""
    attributes = node.attributes
    named = node.tag in ("time", "abbr") or _ITEMPROP.search(attributes.get("itemprop") or "")
    for name in ("datetime", "content", "title") if named else ("data-date", "data-published"):
        value = attributes.get(name)
        if value and len(value) <= MAX_TEXT and (moment := parse(value)):
            return Sighting(value, node, place, True, moment)
    return None


def weigh(sightings: list[Sighting], heading: LexborNode | None, whole_page: bool = False) -> list[Shown]:
    """The sightings nearest to the headline (the first, where there is none) as claims."""
    common = _ancestors(heading) if heading is not None else frozenset()
    kinds = Counter(_kind(sighting.holder) for sighting in sightings)
    alone = whole_page and len({sighting.moment.at.date() for sighting in sightings}) == 1
    shown = []
    for sighting in sorted(sightings, key=lambda sighting: abs(sighting.place))[:MAX_WEIGHED]:
        repeated = kinds[_kind(sighting.holder)] > 2
        label = _label(sighting.holder)
        names, tags = _surroundings(sighting.holder, common)
        weight = _weight_of_text(sighting, label) + _weight_of_surroundings(sighting, names, tags)
        if heading is not None:
            weight += _weight_of_place(sighting.place, repeated)
        elif repeated:
            weight -= 2
        if alone:
            weight += ALONE
        shown.append(Shown(Claim(sighting.text, weight, _is_modified(sighting, names, label)), sighting.moment))
    return shown


def _kind(holder: LexborNode) -> tuple[str | None, str | None]:
    return holder.tag, holder.attributes.get("class")


def _weight_of_place(place: int, repeated: bool) -> float:
    if -300 <= place <= 500:
        return 2.5
    if -1000 <= place <= 1500:
        return 1.0
    return -2.0 if repeated else 0.0


def _weight_of_text(sighting: Sighting, label: str) -> float:
    """A dateline says little besides its date, and what it says is about publishing."""
    text = sighting.text
    weight = 3.0 if sighting.made_for else 2.0
    letters = len(_LETTER.findall(text))
    if letters <= 14:
        weight += 0.5
    elif letters > 60:
        weight -= 3
    elif letters > 40:
        weight -= 1
    if PUBLISHED.search(text) or PUBLISHED.search(label):
        weight += 1.5
    if _OTHER.search(text) or _OTHER.search(label):
        weight -= 4
    return weight


def _weight_of_surroundings(sighting: Sighting, names: list[str], tags: set[str]) -> float:
    near = -300 <= sighting.place <= 500
    weight = 0.0
    if any(map(_DATED.search, names[:2])):
        weight += 1.5
    if names and "datepublished" in names[0]:
        weight += 1
    if any(map(_FOREIGN.search, names)):
        weight -= 2 if PUBLISHED.search(sighting.text) else 4
    elif not tags.isdisjoint(("footer", "nav", "aside")):
        weight -= 1.5 if near or "article" in tags else 4
    elif any(map(_TEASER.search, names)):
        weight -= 2
    if any(map(_CAPTION.search, names[:3])) or "figcaption" in tags:
        weight -= 3
    if not tags.isdisjoint(("h1", "h2", "h3", "h4")):
        weight -= 1
    if "a" in tags and not sighting.made_for:
        weight -= 0.5
    if "p" in tags and not near and len(_block(sighting.holder)) > 250:
        weight -= 2
    return weight


def _block(holder: LexborNode) -> str:
    while holder.tag != "p" and holder.parent is not None:
        holder = holder.parent
    return holder.text(deep=True)


def _surroundings(holder: LexborNode, common: frozenset[int]) -> tuple[list[str], set[str]]:
    """Class and id names, and tags, of the element and those around it that do not hold the headline as well."""
    names, tags = [], set()
    node: LexborNode | None = holder
    for _ in range(6):
        if node is None or node.mem_id in common or node.tag in ("body", "html", None):
            break
        attributes = node.attributes
        values = (attributes.get(name) for name in ("class", "id", "itemprop"))
        names.append(" ".join(value for value in values if value).lower())
        tags.add(node.tag or "")
        node = node.parent
    return names, tags


def _is_modified(sighting: Sighting, names: list[str], label: str) -> bool:
    """Whether a label or the element's own name says that this is the time of a change."""
    text = sighting.text
    if MODIFIED.search(text) and not PUBLISHED.search(text):
        return True
    own = " ".join(names[:2])
    if ("modif" in own or "updat" in own) and "publi" not in own and "post" not in own:
        return True
    return bool(MODIFIED.search(label)) and not PUBLISHED.search(label)


def _label(holder: LexborNode) -> str:
    """The short text right before the element, or before the one around it: "Updated", "Stand:"."""
    for node in (holder, holder.parent):
        before = node.prev if node is not None else None
        while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
            before = before.prev
        if before is not None and before.tag == "-text":
            return (before.text_content or "")[-40:]
        if before is not None and before.child is not None and before.child.next is None:
            return before.text(deep=True)[-40:]
    return ""
