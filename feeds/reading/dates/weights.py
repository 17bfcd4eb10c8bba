"""What a date that a page shows is worth as the time of its article.

A story's own dateline stands beside its headline, in an element made for it (``<time>``, ``itemprop``, a class named
date or published), and says little else. The dates of teasers, comments and footers stand in elements named after
those. A date in a sentence is what the story is about. The weights were set by how often dates with such a sum were
the right ones; docs/explanation/reading-dates.md has the table.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from feeds.reading.dates.claims import Claim
from feeds.reading.dates.datelines import FEW_LETTERS, MAX_DEPTH, Sighting
from feeds.reading.dates.texts import Moment
from feeds.reading.dates.words import MODIFIED_LABELS, OTHER_LABELS, PUBLISHED_LABELS

MAX_WEIGHED = 12
MAX_NAME = 200  # letters of a class name that are looked at
ALONE = 1.5  # what the only day on a page gains

# In the class, id and itemprop names of an element and of those around it.
_DATED = re.compile(r"dat(?:e|um)|publi[sc]|posted|time|fecha|byline|created|erstell|meta|info|submitted|author|autor")
_FOREIGN = re.compile(r"comment|kommentar|reply|related|recommend|popular|upcoming|recirc|tweet|disqus|joined")
_UNLIKELY = re.compile(r"copyright|event|veranstalt|archive|calendar|newsletter|citation|reference|bibliograph|-source")
_FOOT = re.compile(r"footer|footnote")
_OWN = re.compile(r"article|post|entry|story|blog")
_OWN_META = re.compile(r"(?:article|post|entry|story|blog)[-_]{0,2}(?:meta|head|info|byline|date|time|detail)")
_TEASER = re.compile(
    r"teaser|promo|ticker|carousel|slider|swiper|latest|recent|most-|trending|\bcard|\bnav|menu|read-?more"
    r"|(?<!elementor-)widget|sidebar"
)
_MODIFIED = re.compile(MODIFIED_LABELS)
_PUBLISHED = re.compile(PUBLISHED_LABELS)
_OTHER = re.compile(OTHER_LABELS)
_CAPTION = re.compile(r"caption|pic(?:ture|box)|\bbild|\bfoto|\bphoto|image|figure")
_LETTER = re.compile(r"[^\W\d_]")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


class Shown(NamedTuple):
    """A claim made by what the page shows, and its time."""

    claim: Claim
    moment: Moment


def weigh(sightings: list[Sighting], heading: LexborNode | None, whole_page: bool = False) -> list[Shown]:
    """The sightings nearest to the headline (the first, where there is none) as claims."""
    common = _ancestors(heading) if heading is not None else frozenset()
    holders = {sighting.holder.mem_id: sighting.holder for sighting in sightings}
    kinds = Counter(map(_kind, holders.values()))
    alone = whole_page and len({sighting.moment.at.date() for sighting in sightings}) == 1
    shown = []
    for sighting in sorted(sightings, key=lambda sighting: abs(sighting.place))[:MAX_WEIGHED]:
        said = f"{_label(sighting.holder)} {sighting.text}".lower()
        names, tags = _surroundings(sighting.holder, common)
        weight = _weight_of_text(sighting, said) + _weight_of_element(sighting, said, names, tags)
        if any(map(_FOREIGN.search, names)) and not any(map(_OWN_META.search, names)):
            weight -= 4
        else:
            repeated = kinds[_kind(sighting.holder)] > 2
            weight += _weight_of_place(sighting.place if heading is not None else None, repeated)
            weight += ALONE * (alone and not repeated)
        shown.append(Shown(Claim(sighting.text, weight, _is_modified(said, names)), sighting.moment))
    return shown


def _kind(holder: LexborNode) -> tuple[str | None, str | None]:
    return holder.tag, holder.attributes.get("class")


def _weight_of_place(place: int | None, repeated: bool) -> float:
    """By the distance from the headline. Several of a kind, away from it, are a list of stories."""
    if place is not None and -300 <= place <= 500:
        return 1.0 if repeated else 2.5
    if place is not None and -1000 <= place <= 1500:
        return 1.0
    return -2.0 if repeated else 0.0


def _weight_of_text(sighting: Sighting, said: str) -> float:
    """A dateline says little besides its date, and what it says is about publishing."""
    weight = 3.0 if sighting.made_for else 2.0
    letters = len(_LETTER.findall(sighting.text))
    if letters <= FEW_LETTERS:
        weight += 0.5
    elif letters > 60:
        weight -= 3
    elif letters > 40:
        weight -= 1
    if _PUBLISHED.search(said):
        weight += 1.5
    if _OTHER.search(said):
        weight -= 4
    return weight


def _weight_of_element(sighting: Sighting, said: str, names: list[str], tags: set[str]) -> float:
    """By the names and tags of the element and of those around it."""
    near = -300 <= sighting.place <= 500
    weight = 0.0
    if any(map(_DATED.search, names[:2])):
        weight += 1.5
    if names and "datepublished" in names[0]:
        weight += 1
    elif names and "datecreated" in names[0]:  # often that of a database record
        weight -= 3
    if _is_unlikely(names, tags):
        weight -= 2 if _PUBLISHED.search(said) else 4
    elif not tags.isdisjoint(("footer", "nav", "aside")):
        weight -= 1.5 if near or "article" in tags else 4
    if any(map(_TEASER.search, names)):
        weight -= 2
    if any(map(_CAPTION.search, names[:3])) or "figcaption" in tags:
        weight -= 3
    if sighting.holder.tag in _HEADINGS or not tags.isdisjoint(_HEADINGS):
        weight -= 1 if len(_LETTER.findall(sighting.text)) <= FEW_LETTERS else 3
    if "a" in tags and not sighting.made_for:
        weight -= 0.5
    if "p" in tags and not near and len(_block(sighting.holder)) > 250:
        weight -= 2
    return weight


def _ancestors(node: LexborNode) -> frozenset[int]:
    found: set[int] = set()
    parent: LexborNode | None = node
    while parent is not None and len(found) < MAX_DEPTH:
        found.add(parent.mem_id)
        parent = parent.parent
    return frozenset(found)


def _is_unlikely(names: list[str], tags: set[str]) -> bool:
    """Whether the element belongs to the page's foot, a list of events, a quotation or a source."""
    if any(map(_UNLIKELY.search, names)) or not tags.isdisjoint(("cite", "blockquote")):
        return True
    return any(_FOOT.search(name) and not _OWN.search(name) for name in names)


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
        names.append(" ".join(value[:MAX_NAME] for value in values if value).lower())
        tags.add(node.tag or "")
        node = node.parent
    return names, tags


def _is_modified(said: str, names: list[str]) -> bool:
    """Whether a label or the element's own name says that this is the time of a change."""
    if _MODIFIED.search(said):
        return not _PUBLISHED.search(said)
    own = " ".join(names[:2])
    return ("modif" in own or "updat" in own) and "publi" not in own and "post" not in own


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
