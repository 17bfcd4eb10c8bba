"""The lead of a story that is printed above its body: whether there is one, and whether it opens the body.

Newspapers set the first paragraph apart: bigger, above the picture, often in an element of its own beside the title. A
lead that is a paragraph opens the story and is part of its body. One that is marked up as a heading (``h2.sapo``) and
is followed by something else (byline, date, a box) before the body is a summary that stands apart, and stays outside.
"""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from feeds.reading.article.islands import is_told
from feeds.reading.article.survey import HEADINGS, Box, Survey, names_of
from feeds.reading.page.labels import SENTENCE_END
from feeds.reading.page.names import APART_NAMES, CAPTION_NAMES, LEAD_NAMES
from feeds.reading.text import fold, squeeze

MIN_LEAD = 40  # characters
MAX_LEAD = 1200
REACH, REACH_TOLD = 4, 40  # how many boxes before the body are looked at; where they say what the description says
REACH_ABOVE = 6  # paragraphs that are taken from above the body
CAPTIONED = 4  # how many elements up from a caption one says so
KINSHIP = 6  # how many levels above the body a common ancestor may be
SENTENCE = 80  # characters from which on a heading that ends as a sentence does is a lead, not a heading


def find_lead(found: Survey, body: Box, told: str, title: str) -> list[Box]:
    """The boxes of the lead in reading order, none without one; ``told`` is `gist` of the page's descriptions.

    A copy of the title is none, though some headers hold one, and some descriptions are no more.
    """
    before, key = _before(found, body), fold(title)
    said = [box for box in before if is_told(text := _text(box), told) and fold(text) != key and not _is_caption(box)]
    if said:
        return list({fold(_text(box)): box for box in reversed(said)}.values())[::-1]
    for box in reversed(before[-REACH:]):
        if not _is_shut(box) and (_is_called_lead(box) or _is_in_header(box) or _is_sentence(box)):
            text = _text(box)
            if fold(text) != key:
                return [box] if len(text) <= MAX_LEAD else []
    return []


def paragraphs_above(found: Survey, body: Box, heading: LexborNode) -> list[Box]:
    """The paragraphs between headline and body: some publishing systems keep the first ones in a box of their own."""
    title = found.boxes.get(heading.mem_id)
    between = _before(found, body, since=title) if title is not None else []
    return [box for box in between if _is_paragraph(box) and not _is_caption(box)][-REACH_ABOVE:]


def _is_paragraph(box: Box) -> bool:
    return box.tag == "p" and box.prose > 0 and not box.shut and SENTENCE_END.search(box.tail) is not None


def _is_caption(box: Box) -> bool:
    near = _up(box)[:CAPTIONED]
    return any(one.tag == "figure" or CAPTION_NAMES.has(names_of(one.node.attributes)) for one in near)


def opens_body(lead: Box, body: Box, at_once: bool) -> bool:
    """Whether the lead is the first paragraph of the story rather than a summary of it.

    ``at_once`` says that the body begins with the story, not with something left out.
    """
    if lead.tag not in HEADINGS or names_of(lead.node.attributes) not in APART_NAMES:
        return True
    return at_once and _adjoins(lead.node, body.node)


def _before(found: Survey, body: Box, since: Box | None = None) -> list[Box]:
    """The boxes with text of their own before the body, and behind ``since``, that share a near ancestor with it."""
    near: set[int] = set()
    here: Box | None = body
    for _ in range(KINSHIP):
        here = here.parent if here is not None else None
        if here is not None:
            near.add(id(here))
    boxes: list[Box] = []
    reached = since is None
    for box in found.boxes.values():
        if box is body:
            break
        if not reached:
            reached = box is since
        elif box.text >= MIN_LEAD and box.tag != "h1" and not box.linked and box.links * 2 < box.text:
            boxes.append(box)
    return [box for box in boxes[-REACH_TOLD:] if _kin(box, near)]


def _text(box: Box) -> str:
    return squeeze(box.node.text(deep=True))


def _kin(box: Box, near: set[int]) -> bool:
    return any(id(above) in near for above in _up(box))


def _up(box: Box) -> list[Box]:
    chain: list[Box] = []
    here: Box | None = box
    while here is not None and len(chain) < 64:
        chain.append(here)
        here = here.parent
    return chain


def _is_shut(box: Box) -> bool:
    return any(above.junk for above in _up(box))


def _is_called_lead(box: Box) -> bool:
    return any(names_of(above.node.attributes) in LEAD_NAMES for above in _up(box)[:3])


def _is_in_header(box: Box) -> bool:
    return box.prose > 0 and any(above.tag == "header" for above in _up(box)[:4])


def _is_sentence(box: Box) -> bool:
    return (
        box.tag in HEADINGS and box.tag != "h1" and box.text >= SENTENCE and SENTENCE_END.search(box.tail) is not None
    )


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
