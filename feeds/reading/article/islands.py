"""Boxes inside the column of a news story that are not the story: teasers, fact boxes, players, bylines, offers.

Newspapers fill their column with boxes whose names change with every publisher. What does not change is that the
publishing system sets the story's own paragraphs all in one way. So the way most of the prose is set (the chain of tags
and names from paragraph to column) is taken as the story's; the elements that hold such paragraphs are its mainland,
and the largest element around other text that holds none of them is an island.

What kind of page it is decides about islands. On pages that call themselves a news article, three quarters of the text
in ``div`` islands was no part of the story; on blogs and guides, built freely out of blocks, nearly nine tenths was.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feeds.reading.article.blocks import Block, Element
from feeds.reading.page.names import LEAD_NAMES
from feeds.reading.text import fold, word_set

MAIN = 0.2  # a setting that holds this share of the prose is the story's own
CAPTION, CAPTION_LINES = 300, 3  # characters and lines that may stand under a picture
PLACE = 24  # characters of a place before a lead
MAX_QUOTES = 40  # paragraphs of quotes that are looked for in the whole text
_BOXES = word_set("div section header article aside footer figure")
# A word with a digit in it, or of consonants alone.
_BY_CHANCE = re.compile(r"(?<![^\W_])(?:[a-z]*\d[a-z\d]*|[bcdfghjklmnpqrstvwxz]{5,})(?![^\W_])", re.IGNORECASE)
_NO_DIGITS = str.maketrans("", "", "0123456789")


def without_islands(blocks: list[Block], told: str, *, news: bool) -> list[Block]:
    """The blocks without those in islands, where the page is ``news``; the text of an island of pictures is captions.

    ``told`` is `gist` of the page's descriptions: a lead stays, wherever it stands.
    """
    if not news and all(block.image is None for block in blocks):
        return blocks
    dropped: set[int] = set()
    quotes = _Quotes(blocks)
    for members in _islands(blocks):
        if _is_teaser(members):
            dropped.update(map(id, members))
        elif _is_picture(members):
            for block in members:
                block.element.caption = True
                block.count()
        elif news and not _belongs(members):
            if quotes.belong(members):
                continue
            dropped.update(id(block) for block in members if block.text and not _is_lead(block, told))
    return [block for block in blocks if id(block) not in dropped] if dropped else blocks


def _islands(blocks: list[Block]) -> list[list[Block]]:
    mainland = _mainland(blocks, _settings(blocks))
    islands: dict[int, list[Block]] = {}
    for block in blocks:
        if block.element not in mainland:
            root = _root(block.element, mainland)
            if root.tag in _BOXES:
                islands.setdefault(id(root), []).append(block)
    return list(islands.values())


def _is_teaser(members: list[Block]) -> bool:
    """Whether an island is a picture with a line that leads elsewhere: another story's, not a caption."""
    letters = sum(len(block.text) for block in members)
    return any(block.image is not None for block in members) and 2 * sum(block.links for block in members) > letters > 0


def _is_picture(members: list[Block]) -> bool:
    """Whether an island is a picture with a line or two under it."""
    texts = [block for block in members if block.text]
    return (
        len(texts) <= CAPTION_LINES
        and not _is_in_header(members[0].element)
        and any(block.image is not None for block in members)
        and not any(block.element.heading or block.element.item for block in texts)
        and sum(len(block.text) for block in texts) <= CAPTION
    )


def gist(texts: list[str]) -> str:
    """Descriptions of a page in one string, for `is_told`: letters and digits only."""
    return "|".join(fold(text[:2000]) for text in dict.fromkeys(texts[:6]) if len(text) > 30)


def is_told(text: str, told: str) -> bool:
    """Whether a text begins as something does that the descriptions say (they may be cut short)."""
    place, mark, _ = text[:90].partition(". ")  # a place may stand before it: "Port Amble. The council …"
    starts = [fold(text[:90])[:30], *([fold(text[len(place) + 2 :][:90])[:30]] if mark and len(place) < PLACE else [])]
    return any(len(start) >= 20 and start in told for start in starts)


@lru_cache(maxsize=16384)
def _unnumbered(names: str) -> str:
    """Names without their numbers and what is made by chance, as in "block-17" and "live-mqwbt"."""
    return names.translate(_NO_DIGITS) if not _BY_CHANCE.search(names) else _BY_CHANCE.sub("", names)


def _settings(blocks: list[Block]) -> dict[Element | None, int]:
    """For each block's element, a number that is the same for all elements set in the same way."""
    numbers: dict[tuple[int, str, str], int] = {}
    known: dict[Element | None, int] = {None: 0}
    for block in blocks:
        element: Element | None = block.element
        chain: list[Element] = []
        while element is not None and element not in known:
            chain.append(element)
            element = element.parent
        for new in reversed(chain):
            key = (known[new.parent], new.tag, _unnumbered(new.names))
            known[new] = numbers.setdefault(key, len(numbers) + 1)
    return known


def _mainland(blocks: list[Block], settings: dict[Element | None, int]) -> set[Element]:
    """The elements that hold paragraphs set as most of the story is."""
    prose = [0] * (len(settings) + 1)
    for block in blocks:
        prose[settings[block.element]] += block.prose
    least = MAIN * sum(prose)
    held: set[Element] = set()
    for block in blocks:
        element: Element | None = block.element
        if prose[settings[element]] >= least:
            while element is not None and element not in held:
                held.add(element)
                element = element.parent
    return held


def _root(element: Element, mainland: set[Element]) -> Element:
    """The largest element around one off the mainland that is off it, too."""
    root, here = element, element.parent
    while here is not None and here not in mainland:
        root, here = here, here.parent
    return root


def _belongs(members: list[Block]) -> bool:
    """Whether an island is of the story: a heading in a wrapper, a picture, or a list of sentences without links."""
    return _is_list(members) or all(
        block.element.heading not in (None, "h1") or not block.text or block.element.caption for block in members
    )


def _is_list(members: list[Block]) -> bool:
    texts = [block for block in members if block.text]
    listed = all(block.element.lists is not None and block.element.item is not None for block in texts)
    return (
        listed and not any(block.links for block in texts) and 2 * sum(block.prose > 0 for block in texts) > len(texts)
    )


class _Quotes:
    """Tells quotes that are part of the story from those that are pulled out of it, and stand in it twice."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._said: str | None = None  # the whole text, letters and digits only
        self._left = MAX_QUOTES

    def belong(self, members: list[Block]) -> bool:
        """Whether an island holds nothing but quotes of which no other text has the words."""
        texts = [block for block in members if block.text]
        if not all(block.element.quote is not None and block.prose > 0 and not block.links for block in texts):
            return False
        if self._said is None:
            self._said = "|".join(fold(block.text) for block in self._blocks)
        self._left -= len(texts)
        return self._left >= 0 and all(self._said.count(fold(block.text)) < 2 for block in texts)


def _is_in_header(element: Element) -> bool:
    """Whether an element stands in the page's or the story's header: a lead under the headline, not a caption."""
    here: Element | None = element
    while here is not None and here.tag != "header":
        here = here.parent
    return here is not None


def _is_lead(block: Block, told: str) -> bool:
    if block.element.heading == "h1" or block.prose == 0:
        return False
    if is_told(block.text, told):
        return True
    here: Element | None = block.element
    for _ in range(3):
        if here is not None and here.names and here.names in LEAD_NAMES:
            return True
        here = here.parent if here is not None else None
    return False
