"""The lead of a story that is printed above its body, in the page's header: whether it is there, and whether it opens the body.

Newspapers set the first paragraph apart: bigger, above the picture, often in an element of its own beside the title. A
lead that is a paragraph opens the story and is part of its body. One that is marked up as a heading (``h2.sapo``) and
is followed by something else (byline, date, a box) before the body is a summary that stands apart, and stays outside.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from feeds.reading.article_islands import opening
from feeds.reading.article_survey import HEADINGS, Box, Survey
from feeds.reading.article_words import APART_NAMES, LEAD_NAMES
from feeds.reading.text import squeeze

MIN_LEAD = 40  # characters
MAX_LEAD = 1200
REACH = 4  # how many boxes before the body are looked at
KINSHIP = 6  # how many levels above the body a common ancestor may be


def find_lead(found: Survey, body: Box, openings: frozenset[str]) -> Box | None:
    """The box of the lead, or None. ``openings`` are how the page's descriptions begin (`opening`)."""
    for box in _before(found, body):
        text = squeeze(box.node.text(deep=True))
        if not MIN_LEAD <= len(text) <= MAX_LEAD:
            continue
        if opening(text) in openings or _is_called_lead(box):
            return box
    return None


def opens_body(lead: Box, body: Box, at_once: bool) -> bool:
    """Whether the lead is the first paragraph of the story rather than a summary of it.

    ``at_once`` says that the body begins with the story, not with something left out.
    """
    if lead.tag not in HEADINGS or lead.names not in APART_NAMES:
        return True
    return at_once and _adjoins(lead.node, body.node)


def _before(found: Survey, body: Box) -> list[Box]:
    """The last boxes with text of their own before the body, nearest first, that share a near ancestor with it."""
    near: set[int] = set()
    here: Box | None = body
    for _ in range(KINSHIP):
        here = here.parent if here is not None else None
        if here is not None:
            near.add(id(here))
    boxes: list[Box] = []
    for box in found.boxes.values():
        if box is body:
            break
        if box.text >= MIN_LEAD and not box.linked and box.links * 2 < box.text:
            boxes.append(box)
    return [box for box in reversed(boxes[-REACH:]) if not box.shut and _kin(box, near)]


def _kin(box: Box, near: set[int]) -> bool:
    return any(id(above) in near for above in _up(box))


def _up(box: Box) -> list[Box]:
    chain: list[Box] = []
    here: Box | None = box
    while here is not None and len(chain) < 64:
        chain.append(here)
        here = here.parent
    return chain


def _is_called_lead(box: Box) -> bool:
    names = [above.names for above in _up(box)[:3]]
    return any(name in LEAD_NAMES for name in names)


def _adjoins(lead: LexborNode, body: LexborNode) -> bool:
    """Whether nothing with text stands between two elements, the second of which may be wrapped."""
    here: LexborNode | None = body
    for _ in range(KINSHIP):
        before = here.prev if here is not None else None
        for _ in range(8):
            if before is None or (before.is_element_node and before.text(deep=True).strip()):
                break
            before = before.prev
        if before is not None:
            return before.mem_id == lead.mem_id
        here = here.parent if here is not None else None
    return False
