"""Which blocks of a page are the story: `find_story`.

The survey gives the story's box; this module weighs the blocks in it, each rule on one kind of evidence: copies and the
title, labels of other parts, links, boxes set unlike the story (`islands`), and what stands before the first
and behind the last prose. Then a lead that is printed above the box is joined to it (`lead`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from feeds.reading.article.blocks import Block, Element, outline
from feeds.reading.article.islands import gist, without_islands
from feeds.reading.article.lead import find_lead, opens_body, paragraphs_above
from feeds.reading.article.survey import Box, Survey, container, is_junk, names_of
from feeds.reading.bylines import BYLINE
from feeds.reading.page.labels import CREDIT, LABELS, LEADING_LABELS, REPRINTED, is_embed, is_notice
from feeds.reading.page.names import LEAD_NAMES
from feeds.reading.text import squeeze

LABEL = 120  # characters of the longest line that is looked up as a label
TITLE_OF_A_BOX = 60  # characters
LINKED = 0.9  # a paragraph, a list or a table with this share of links leads away from the story
LINKED_NEWS = 0.6  # the same for headings and lists of a newspaper
CELL = 600  # characters of prose; a table with more in one cell is no table of data
CAPTION = 350  # characters; longer ones are paragraphs that broken markup put into a figure
LABELLED = 0.3  # the share of links in a line that begins with such a label and leads to another story
PARTED = 0.3  # the share of prose that must precede a label for it to end the story
REPEATED = 60  # characters from which on a text that comes twice is a pulled quote or a second copy
REFRAIN = 3  # so often set alike it is the story's own: a plan of meals, the terms of each offer
EDGE, MAX_EDGE = 3, 80  # how many blocks at either end may be bylines or dashes, and their characters
LAST = 5  # how many blocks at the end may be lines that name the source, or whose the text is
MAX_EMBED = 1500  # characters of a line that asks leave to show what another site has
MAX_NOTICE = 400  # characters of such a line
MAX_ITEMS = 500
LIST_ONLY, MAX_MARKED = 100, 20_000  # characters of a body that is marked as such: least, and looked at
NEAR = 3  # how many elements up, and twice as many on, a line with the source may stand
HEADLINE_WORDS = 4  # of a link that leads to a story; fewer are a name
_POINTER = re.compile(r"[^.!?:|]{3,40}[:|]\s*")
COLUMN = 0.2  # an element that holds this share of the prose as its children is the story's column


class Story:
    """The story's blocks in reading order, none where the page has no story.

    ``lead`` is the summary that the page prints, ``credit`` the source that a line names, ``signed`` are the names
    in bylines at its ends, ``box`` is the element that holds it.
    """

    def __init__(
        self,
        blocks: list[Block],
        lead: str | None = None,
        credit: str | None = None,
        signed: Sequence[str] = (),
        box: LexborNode | None = None,
    ) -> None:
        self.blocks, self.lead, self.credit, self.signed, self.box = blocks, lead, credit, signed, box

    @property
    def prose(self) -> int:
        """Characters of prose in all blocks."""
        return sum(block.prose for block in self.blocks)


def find_story(found: Survey, title: str, descriptions: list[str], *, heading: LexborNode | None, news: bool) -> Story:
    """The part of the page that is its story.

    ``heading`` is the element that holds the title, ``news`` says that the page calls itself a news article.
    """
    box = container(found, heading)
    marked = _marked_body(found, box)
    box = marked or box
    if box is None:
        return Story([])
    blocks = outline(box.node, found)
    _dissolve_layout(blocks)
    _read_captions(blocks)
    told = gist(descriptions)
    kept = _without_links(_without_labels(_without_copies(blocks, title)), news)
    kept = without_islands(kept, told, news=news and marked is None)
    credited = {id(block): match[1].strip() for block in kept[-LAST:] if (match := credit_of(block))}
    kept = [block for block in kept if id(block) not in credited]
    kept = _trim(kept, news) if marked is None else kept
    if len(plain := _without_notices(kept)) < len(kept):
        kept = _trim(plain, news)
    signed = _signed(blocks, kept)
    kept = _without_edges(kept)
    lead = find_lead(found, box, told, title)
    first = next((block for block in blocks if block.text), None)
    opening = lead if lead and opens_body(lead[-1], box, at_once=first in kept) else []
    if heading is not None and not (news and lead):
        parts = {*opening, *paragraphs_above(found, box, heading)}
        opening = [part for part in found.boxes.values() if part in parts] if parts else []
    if opening:
        kept = _joined([block for part in opening for block in outline(part.node, found)], kept)
    credit = next(iter(credited.values()), None) or credit_behind(box.node)
    printed = " ".join(squeeze(part.node.text(deep=True)) for part in lead) or _named_lead(kept)
    return Story(kept, printed, credit, signed, box.node)


def _marked_body(found: Survey, box: Box | None) -> Box | None:
    """The one element that says that it is the story's body, where it holds far more text than the box of the prose.

    A story that is a list (winners, results, squads) has hardly any prose.
    """
    marked = found.root.css('[itemprop~="articleBody"]')[:2] if found.root is not None else []
    if len(marked) != 1:
        return None
    size = len(squeeze(marked[0].text(deep=True)[:MAX_MARKED]))
    held = box.prose if box is not None else 0
    known = found.boxes.get(marked[0].mem_id)
    if size < LIST_ONLY or size < held or (known is not None and known.shut):
        return None
    listed = sum(len(squeeze(item.text(deep=True)[:MAX_MARKED])) for item in marked[0].css("li, td")[:MAX_ITEMS])
    return known or Box(marked[0], marked[0].tag or "div", None) if 2 * listed > size else None


class _Trusting(Survey):
    """Believes no name: only what is hidden is left out."""

    def name(self, node: LexborNode, tag: str) -> str | None:
        attributes = node.attributes
        return None if is_junk("", "", attributes) else names_of(attributes)


def given_story(found: Survey, nodes: list[LexborNode], title: str, descriptions: list[str]) -> Story:
    """The story in elements that are known to hold it: all of them but the title, copies and the line of the source."""
    blocks = [block for node in nodes for block in outline(node, _Trusting())]
    _dissolve_layout(blocks)
    _read_captions(blocks)
    blocks = _without_copies(blocks, title)
    credited = {id(block): match[1].strip() for block in blocks[-LAST:] if (match := credit_of(block))}
    box = found.boxes.get(nodes[0].mem_id)
    lead = find_lead(found, box, gist(descriptions), title) if box is not None else []
    printed = " ".join(squeeze(part.node.text(deep=True)) for part in lead)
    kept = [block for block in blocks if id(block) not in credited]
    credit = next(iter(credited.values()), None) or credit_behind(nodes[-1])
    return Story(kept, printed or _named_lead(kept), credit, box=nodes[0])


def _named_lead(blocks: list[Block]) -> str | None:
    """The first paragraph where the page calls it a lead."""
    first = next((block for block in blocks if block.prose), None)
    if first is None:
        return None
    parent = first.element.parent
    names = f"{first.element.names} {parent.names if parent is not None else ''}"
    return first.text.replace("\n", " ") if names in LEAD_NAMES else None


def credit_of(block: Block) -> re.Match[str] | None:
    """The match of a line that names a source."""
    return CREDIT.match(block.text) if 5 < len(block.text) < 150 and not block.element.caption else None


def _without_notices(blocks: list[Block]) -> list[Block]:
    """Blocks without the lines near the end that say whose the text is, or who edited it."""
    kept: list[Block] = []
    left = LAST
    for block in reversed(blocks):
        if left > 0 and block.text:
            if len(block.text) <= MAX_NOTICE and is_notice(block.text):
                continue
            left -= 1
        kept.append(block)
    return kept[::-1]


def credit_behind(node: LexborNode) -> str | None:
    """The source that a short text right behind the story's box names."""
    here: LexborNode | None = node
    for _ in range(NEAR):
        following = here.next if here is not None else None
        for _ in range(NEAR * 2):
            if following is None:
                break
            if following.is_element_node:
                text = squeeze(following.text(deep=True)[:400])
                if len(text) < 150 and (match := CREDIT.match(text)):
                    return match[1].strip()
            following = following.next
        here = here.parent if here is not None else None
    return None


def _dissolve_layout(blocks: list[Block]) -> None:
    """Forget tables that lay out a page instead of holding data: one of their cells holds more than a value."""
    cells: dict[int, int] = {}
    layout: set[int] = set()
    for block in blocks:
        element = block.element
        if element.table is not None and element.cell is not None:
            size = cells[id(element.cell)] = cells.get(id(element.cell), 0) + block.prose
            if size > CELL:
                layout.add(id(element.table))
    for block in blocks:
        element = block.element
        if element.table is not None and id(element.table) in layout:
            element.table = element.row = element.cell = None


def _read_captions(blocks: list[Block]) -> None:
    """Make captions paragraphs where they hold most of the prose, as in a photo story, or where one is too long."""
    captions = [block for block in blocks if block.element.caption]
    long = [block for block in captions if len(block.text) > CAPTION]
    if sum(len(block.text) for block in captions) > 3 * sum(block.prose for block in blocks):
        long = captions
    for block in long:
        block.element.caption, block.told = False, long is captions
        block.count()


def _without_copies(blocks: list[Block], title: str) -> list[Block]:
    """Blocks without the title, and without a text that came before: a pulled quote, a copy for small screens."""
    seen: set[str] = set()
    kept: list[Block] = []
    heading = title.casefold()
    times = Counter((block.text, id(block.element)) for block in blocks if len(block.text) > REPEATED)
    for block in blocks:
        text = block.text
        if len(text) > REPEATED:
            if text in seen and times[text, id(block.element)] < REFRAIN:
                continue
            seen.add(text)
        if not (block.element.heading and text.casefold() == heading):
            kept.append(block)
    return kept


def _without_labels(blocks: list[Block]) -> list[Block]:
    """Blocks up to where comments or the author's portrait begin, without single lines that label other things."""
    total = sum(block.prose for block in blocks)
    kept: list[Block] = []
    held = 0
    for block in blocks:
        text = block.text
        if text and len(text) <= LABEL and (kind := LABELS.kind(text)) is not None:
            if kind in ("comments", "author") and held > PARTED * total:
                break
            continue
        if text and len(text) <= MAX_EMBED and is_embed(text):
            continue
        held += block.prose
        kept.append(block)
    return kept


def _without_links(blocks: list[Block], news: bool) -> list[Block]:
    """Blocks without those that lead elsewhere. On a newspaper's page even a list of half links is one of stories."""
    limit = LINKED_NEWS if news else LINKED
    texts: Counter[Element] = Counter()
    links: Counter[Element] = Counter()
    for block in blocks:
        group = block.element.table or block.element.lists
        if group is not None:
            texts[group] += len(block.text)
            links[group] += block.links
    kept: list[Block] = []
    for block in blocks:
        group = block.element.table or block.element.lists
        if block.element.heading:
            leads_away = news and block.links > limit * len(block.text)
        elif group is not None:
            leads_away = links[group] > limit * texts[group]
        else:
            leads_away = block.links > LINKED * len(block.text) and (news or not block.text.startswith("http"))
            leads_away = leads_away or ((news or "|" in block.text[:LABEL]) and _is_pointer(block))
        if leads_away and group is not None and kept and _is_title_of(kept[-1], group):
            kept.pop()
        if leads_away or (block.links and block.density > LABELLED and LEADING_LABELS.opens(block.text)):
            continue
        kept.append(block)
    return kept


def _is_pointer(block: Block) -> bool:
    """Whether a paragraph is a label in any language and, behind a mark, a link: "FUNDA LAPHA | …", "Čtěte také: …"."""
    label = _POINTER.match(block.text) if block.links else None
    if label is None or block.links < len(block.text) - label.end() - 2:
        return False
    return len(block.text[label.end() :].split()) >= HEADLINE_WORDS


def _is_title_of(block: Block, group: Element) -> bool:
    """Whether a short line stands in one box with a list, and not among paragraphs: it is the box's title."""
    return block.element is group.parent and not block.prose and len(block.text) <= TITLE_OF_A_BOX


def _trim(blocks: list[Block], news: bool) -> list[Block]:
    """Blocks without what stands before the first prose and behind the last, as far as it is not of the story."""
    proses = [index for index, block in enumerate(blocks) if block.prose]
    if not proses:
        return []
    columns = _columns(blocks)
    first, last = proses[0], proses[-1] + 1
    while first > 0 and _opens(blocks[first - 1], columns):
        first -= 1
    end = last
    while last < len(blocks) and _goes_on(blocks, last, columns, news):
        last += 1
        if blocks[last - 1].text and not blocks[last - 1].element.heading:
            end = last
    return blocks[first:end]


def _without_edges(blocks: list[Block]) -> list[Block]:
    """Blocks without the bylines, the lines of dashes or stars, and the titles of reprints at both ends."""
    edges = {id(block) for block in (*blocks[:EDGE], *blocks[-EDGE:]) if _is_edge(block)}
    return [block for block in blocks if id(block) not in edges] if edges else blocks


def _is_edge(block: Block) -> bool:
    text = block.text
    element = block.element
    if not text or len(text) > MAX_EDGE or element.caption or element.heading or element.cell:
        return False
    return not any(map(str.isalnum, text)) or (BYLINE.fullmatch(text) or REPRINTED.match(text)) is not None


def _signed(blocks: list[Block], kept: list[Block]) -> list[str]:
    """The names in bylines near the ends of the blocks that are kept."""
    if not kept:
        return []
    first, last = blocks.index(kept[0]), blocks.index(kept[-1])
    near = (*blocks[max(0, first - EDGE) : first + EDGE], *blocks[max(first, last - EDGE) : last + EDGE])
    plain = [block.text for block in near if len(block.text) <= MAX_EDGE and not block.element.heading]
    return [match[1] for text in plain if (match := BYLINE.fullmatch(text))]


def _columns(blocks: list[Block]) -> set[int]:
    """The elements whose children are the story's paragraphs."""
    held: Counter[int] = Counter()
    for block in blocks:
        if block.prose:
            held[id(block.element.parent)] += block.prose
    least = COLUMN * held.total()
    return {key for key, size in held.items() if size >= least}


def _opens(block: Block, columns: set[int]) -> bool:
    if not block.text or block.element.caption:
        return True
    if block.element.heading:
        return block.element.heading != "h1"
    if block.element.lists is not None:
        return _is_columns_list(block, columns)
    return id(block.element.parent) in columns and block.density < LINKED_NEWS and len(block.text) > 25


def _is_columns_list(block: Block, columns: set[int]) -> bool:
    """Whether an item of a list without links stands among the story's paragraphs."""
    lists = block.element.lists
    return lists is not None and lists.parent is not None and id(lists.parent) in columns and not block.links


def _goes_on(blocks: list[Block], place: int, columns: set[int], news: bool) -> bool:
    """Whether a block behind the last prose is of the story: of a newspaper's only a table, with results perhaps."""
    block = blocks[place]
    element = block.element
    if not block.text:
        return True
    if element.heading:
        following = blocks[place + 1].element if place + 1 < len(blocks) else element
        lists = following.cell is not None or following.lists is not None
        return lists and not block.links and id(element.parent) in columns
    if news:
        return (element.cell is not None and not block.links) or _is_columns_list(block, columns)
    return _closes(block, columns)


def _closes(block: Block, columns: set[int]) -> bool:
    element = block.element
    if element.caption:
        return True
    if block.density > LINKED_NEWS:
        return False
    return element.item is not None or element.cell is not None or element.pre or id(element.parent) in columns


def _joined(lead: list[Block], body: list[Block]) -> list[Block]:
    """The lead before the body, unless the body begins with it."""
    texts = {block.text for block in body[:12]}
    return [block for block in lead if block.text and block.text not in texts and not block.element.caption] + body
