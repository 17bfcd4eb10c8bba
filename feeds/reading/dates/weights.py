"""What a date that a page shows is worth as the time of its article.

A story's own dateline stands beside its headline, in an element made for it (``<time>``, ``itemprop``, a class named
date or published), and says little else. The dates of teasers, comments and footers stand in elements named after
those. A date in a sentence is what the story is about. The weights were set by how often dates with such a sum were
the right ones; docs/explanation/reading-dates.md has the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from feeds.reading.dates.claims import Claim
from feeds.reading.dates.datelines import FEW_LETTERS, MAX_DEPTH, Sighting
from feeds.reading.dates.parse import Moment
from feeds.reading.dates.words import MODIFIED_LABELS, OTHER_LABELS, PUBLISHED_LABELS, words_of
from feeds.reading.text import squeeze, word_set

MAX_WEIGHED = 12
MAX_NAME = 200  # letters of a class name that are looked at
NEAR_BEFORE, NEAR_AFTER = -300, 500  # letters from the headline to where its dateline stands
FAR_BEFORE, FAR_AFTER = -1000, 1500  # within the story's head, with a lead and a picture between
DATELINE, LONG_LINE = 40, 60  # letters of a line that says more than a dateline does, and of a sentence
FEW_WORDS = 3  # small words of a dateline besides its date: "by", "in", "from our"
LABEL = 24  # letters in which a label opens a line
MAX_CHILDREN = 100  # elements in a paragraph
MAX_BLOCK = 600  # letters of a paragraph that are looked at
PARAGRAPH = 250  # letters of a paragraph in which a date is what the story is about

# What each sign is worth. A date needs ENOUGH of `dates.pages` to be believed at all: one that stands alone and short
# beside the headline has 5, one of a teaser at the page's end less than nothing. Set by how often dates with such a
# sum were the right ones on the pages of docs/explanation/reading-dates.md.
WEIGHTS = {
    # the text
    "made for a date": 3.0,
    "a text": 2.0,
    "little else": 0.5,
    "says more": -1.0,
    "a sentence": -3.0,
    "says published": 1.5,
    "says something else": -4.0,  # a deadline, a birthday, a copyright
    # the element and those around it
    "named after dates": 1.5,
    "named datePublished": 1.0,
    "named dateCreated": -3.0,  # often that of a database record
    "unlikely place": -4.0,
    "unlikely place, but says published": -2.0,
    "at the page's edge": -4.0,
    "at the page's edge, but near or in an article": -1.5,
    "in a teaser": -2.0,
    "in a caption": -3.0,
    "in a heading": -3.0,
    "is a heading": -1.0,
    "in a link": -0.5,
    "in a paragraph": -2.0,
    # the place
    "of others": -4.0,  # comments, related stories: how far from the headline does not matter then
    "beside the headline": 2.5,
    "one of several beside the headline": 1.0,
    "in the story's head": 1.0,
    "one of a list": -2.0,
    "the only day of the page": 1.5,
}

# In the class, id and itemprop names of an element and of those around it.
_DATED = re.compile(r"dat(?:e|um)|publi[sc]|posted|time|fecha|byline|created|erstell|meta|info|submitted|author|autor")
_FOREIGN = re.compile(r"comment|kommentar|reply|related|recommend|popular|upcoming|recirc|tweet|disqus|joined")
_UNLIKELY = re.compile(
    r"copyright|(?<![a-z])events?(?![-_]?(?:date|time))|veranstalt|archive|calendar|newsletter|citation|reference|bibliograph|-source"
)
_FOOT = re.compile(r"footer|footnote")
_OWN = re.compile(r"article|post|entry|story|blog")
_OWN_META = re.compile(r"(?:article|post|entry|story|blog)[-_]{0,2}(?:meta|head|info|byline|date|time|detail)")
_TEASER = re.compile(
    r"teaser|promo|ticker|carousel|slider|swiper|latest|recent|most-|trending|\bcard|\bnav|menu|read-?more"
    r"|(?<!elementor-)widget|sidebar"
)
_WORDS = re.compile(r"[^\W\d_]+")
_FULL_STOP = re.compile(r"[^\W_][.!?][\"'”’»)]*$")
_INLINE = word_set("a abbr b br cite em font i label mark small span strong sub sup time u")
_PARAGRAPHS = frozenset(("p", "li", "blockquote", "td", "dd", "div"))
_TIMES = words_of(None)
_OF_DATES = frozenset((*_TIMES.months, *_TIMES.weekdays, *_TIMES.halves, *_TIMES.units, *_TIMES.ago)) | _TIMES.fillers
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
    sightings = [sighting for sighting in sightings if not in_running_text(sighting)]
    for sighting in sorted(sightings, key=lambda sighting: abs(sighting.place))[:MAX_WEIGHED]:
        said = f"{_label(sighting.holder)} {sighting.text}".lower()
        names, tags = _surroundings(sighting.holder, common)
        signs = [*_signs_of_text(sighting, said), *_signs_of_element(sighting, said, names, tags)]
        if any(map(_FOREIGN.search, names)) and not any(map(_OWN_META.search, names)):
            signs.append("of others")
        else:
            repeated = kinds[_kind(sighting.holder)] > 2
            signs += _signs_of_place(sighting.place if heading is not None else None, repeated)
            signs += ["the only day of the page"] * (alone and not repeated)
        weight = sum(map(WEIGHTS.__getitem__, signs))
        shown.append(Shown(Claim(sighting.text, weight, _is_modified(said, names)), sighting.moment))
    return shown


def in_running_text(sighting: Sighting) -> bool:
    """Whether the date stands in a sentence: it is then what the story is about, and no dateline.

    A dateline has few words besides its date, and labels ("Published by Jo Doe on …") open it.
    """
    if sighting.made_for:
        return False
    text = sighting.text
    lower = text[:LABEL].lower()
    if _PUBLISHED.search(lower) or _MODIFIED.search(lower):
        return False
    few = 0 if _FULL_STOP.search(text) else FEW_WORDS
    if _prose_words(text) > few or len(_LETTER.findall(text)) > LONG_LINE:
        return True
    block = _paragraph(sighting.holder)
    if block is None or _prose_words(block) <= FEW_WORDS * 2:
        return False
    place = block.find(text)
    if place < 0:
        return True  # it stands behind what is looked at: so much prose goes before no dateline
    return place > 2 and not _PUBLISHED.search(block[:place].lower())


def _prose_words(text: str) -> int:
    """Words that are neither names nor of a date; of scripts without capitals every five letters are one."""
    words = _WORDS.findall(text[:MAX_BLOCK])
    told = sum(word.islower() and word.strip(".") not in _OF_DATES for word in words)
    return int(told) + sum(len(word) for word in words if word.lower() == word.upper()) // 5


def _paragraph(holder: LexborNode) -> str | None:
    """The text of the paragraph that the element is in, or is, with inline elements only between."""
    node: LexborNode | None = holder
    for _ in range(4):
        if node is None or node.tag not in _INLINE:
            break
        node = node.parent
    if node is None or node.tag not in _PARAGRAPHS or (node.tag == "div" and not _holds_text_alone(node)):
        return None
    return squeeze(node.text(deep=True)[:MAX_BLOCK])


def _holds_text_alone(node: LexborNode) -> bool:
    """Whether an element has none but inline elements in it, and not very many."""
    tags = [child.tag for child in islice(node.iter(), MAX_CHILDREN)]
    return len(tags) < MAX_CHILDREN and _INLINE.issuperset(tags)


def _kind(holder: LexborNode) -> tuple[str | None, str | None]:
    return holder.tag, holder.attributes.get("class")


def _signs_of_place(place: int | None, repeated: bool) -> list[str]:
    """By the distance from the headline. Several of a kind, away from it, are a list of stories."""
    if place is not None and _is_near(place):
        return ["one of several beside the headline" if repeated else "beside the headline"]
    if place is not None and FAR_BEFORE <= place <= FAR_AFTER:
        return ["in the story's head"]
    return ["one of a list"] if repeated else []


def _is_near(place: int) -> bool:
    return NEAR_BEFORE <= place <= NEAR_AFTER


def _signs_of_text(sighting: Sighting, said: str) -> Iterator[str]:
    """A dateline says little besides its date, and what it says is about publishing."""
    yield "made for a date" if sighting.made_for else "a text"
    letters = len(_LETTER.findall(sighting.text))
    if letters <= FEW_LETTERS:
        yield "little else"
    elif letters > LONG_LINE:
        yield "a sentence"
    elif letters > DATELINE:
        yield "says more"
    if _PUBLISHED.search(said):
        yield "says published"
    if _OTHER.search(said):
        yield "says something else"


def _signs_of_element(sighting: Sighting, said: str, names: list[str], tags: set[str]) -> Iterator[str]:
    """By the names and tags of the element and of those around it."""
    near = _is_near(sighting.place)
    if any(map(_DATED.search, names[:2])):
        yield "named after dates"
    if names and "datepublished" in names[0]:
        yield "named datePublished"
    elif names and "datecreated" in names[0]:
        yield "named dateCreated"
    if _is_unlikely(names, tags):
        yield "unlikely place, but says published" if _PUBLISHED.search(said) else "unlikely place"
    elif not tags.isdisjoint(("footer", "nav", "aside")):
        yield "at the page's edge, but near or in an article" if near or "article" in tags else "at the page's edge"
    if any(map(_TEASER.search, names)):
        yield "in a teaser"
    if any(map(_CAPTION.search, names[:3])) or "figcaption" in tags:
        yield "in a caption"
    if sighting.holder.tag in _HEADINGS or not tags.isdisjoint(_HEADINGS):
        yield "is a heading" if len(_LETTER.findall(sighting.text)) <= FEW_LETTERS else "in a heading"
    if "a" in tags and not sighting.made_for:
        yield "in a link"
    if "p" in tags and not near and len(_block(sighting.holder)) > PARAGRAPH:
        yield "in a paragraph"


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
