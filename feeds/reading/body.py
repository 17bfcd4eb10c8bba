"""Which blocks of a page are the story."""

from __future__ import annotations

import re

from feeds.reading.article_islands import opening, without_islands
from feeds.reading.article_lead import find_lead, opens_body
from feeds.reading.article_outline import Block, outline
from feeds.reading.article_survey import Survey, container, is_prose, weight
from feeds.reading.article_words import (
    AUTHOR_LABELS,
    COMMENT_LABELS,
    CREDIT,
    NEWSLETTER_LABELS,
    NOISE_LINES,
    RELATED_LABELS,
)


class Story:
    """The story's blocks in reading order (none where the page has no story), and the source that a line names."""

    def __init__(self, blocks: list[Block], credit: str | None = None) -> None:
        self.blocks, self.credit = blocks, credit


def find_story(found: Survey, title: str, descriptions: list[str], *, news: bool) -> Story:
    """The part of the page that is its story. ``news`` says that the page calls itself a news article."""
    box = container(found)
    if box is None:
        return Story([])
    blocks = outline(box.node, found)
    openings = frozenset(opening(text) for text in descriptions if len(text) > 30)
    kept = _clean(blocks, title)
    if news:
        kept = without_islands(kept, openings)
    credits = {id(block): match[1].strip() for block in kept if (match := credit_of(block))}
    kept = trim([block for block in kept if id(block) not in credits])
    lead = find_lead(found, box, openings)
    first = next((block for block in blocks if block.text), None)
    if lead is not None and opens_body(lead, box, at_once=first in kept):
        kept = _joined(outline(lead.node, found), kept)
    return Story(kept, next(iter(credits.values()), None))


def _joined(lead: list[Block], body: list[Block]) -> list[Block]:
    """The lead before the body, unless the body begins with it."""
    texts = {block.text for block in body[:12]}
    return [block for block in lead if block.text and block.text not in texts and not block.element.caption] + body


def credit_of(block: Block) -> re.Match[str] | None:
    """The match of a line that names a source."""
    return CREDIT.match(block.text) if 5 < len(block.text) < 150 and not block.element.caption else None


def prose(block: Block) -> int:
    """How many characters of the block read like a story: sentences that are not links."""
    if block.element.caption or block.element.heading or not is_prose(weight(block.text), block.links, block.text[-8:]):
        return 0
    return len(block.text) - block.links


def _clean(blocks: list[Block], title: str) -> list[Block]:
    total = sum(map(prose, blocks))
    kept: list[Block] = []
    seen: set[str] = set()
    held = 0
    for block in blocks:
        text = block.text
        if not text:
            kept.append(block)
            continue
        if len(text) < 120:
            if text in COMMENT_LABELS or text in AUTHOR_LABELS:
                if held > 0.3 * total:
                    break
                continue
            if text in RELATED_LABELS or text in NEWSLETTER_LABELS or text in NOISE_LINES:
                continue
        if block.element.heading and text.casefold() == title.casefold():
            continue
        if block.density > 0.6 and not block.element.item:
            continue
        if block.density > 0.9:
            continue
        if len(text) > 60:
            if text in seen:
                continue
            seen.add(text)
        held += prose(block)
        kept.append(block)
    return kept


def trim(blocks: list[Block]) -> list[Block]:
    first = next((i for i, b in enumerate(blocks) if prose(b)), None)
    if first is None:
        return []
    last = next(i for i in range(len(blocks) - 1, -1, -1) if prose(blocks[i]))
    while first and (
        not blocks[first - 1].text or (blocks[first - 1].element.heading and blocks[first - 1].element.heading != "h1")
    ):
        first -= 1
    return blocks[first : last + 1]
