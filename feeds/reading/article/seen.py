"""Stories that are mostly seen or heard: a film with two sentences, a row of pictures with a line under each.

There is no prose to find them by. They stand around what is shown, under the page's headline: the smallest box that
holds both is looked through, and of its texts those are kept that lead nowhere and label nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from itertools import islice

from selectolax.lexbor import LexborNode

from feeds.reading.article.blocks import Block, outline
from feeds.reading.article.body import Story, credit_of
from feeds.reading.article.images import caption_in
from feeds.reading.article.metadata import Metadata
from feeds.reading.article.survey import HEADINGS, Survey
from feeds.reading.media.page import Frame, up
from feeds.reading.page.dom import parse
from feeds.reading.page.labels import LABELS
from feeds.reading.text import fold, squeeze

SHORT = 400  # characters of prose; with more, the prose tells where the story is
GALLERY = 3  # pictures that are a story by themselves
MAX_PICTURES = 300
MAX_TEXTS = 30
CAPTION = 350  # characters of a line under a picture
EACH = 0.7  # of the pictures of a row have a line under them
ROW, EACH_OF_ROW = 5, 0.9  # the same of a story with more text, where a paragraph may stand between two pictures
NEAR = 3  # elements around what is shown in which the story's text stands
SHARED = 2  # words
MAX_UP = 12  # elements around a headline that are looked at for what is shown
LEADS = 0.3  # of a text's letters in links: it leads elsewhere
LABEL = 120  # characters of a line that may be a label
SAID = 12  # characters of a text that says something


def seen_story(
    found: Survey, heading: LexborNode | None, shown: Iterable[LexborNode], frame: Frame, title: str
) -> Story:
    """What stands around the recordings ``shown`` or a row of pictures, under the ``heading``; else no blocks."""
    players = {box.mem_id for node in shown for box in islice(up(node), 1, None)}
    root = _around(heading, players, frame.holds)
    if root is None:
        return Story([])
    blocks: list[Block] = []
    credit: str | None = None
    texts = pictures = 0
    for block in outline(root, found):
        if block.image is not None:
            if pictures < MAX_PICTURES and frame.holds(block.image):
                blocks.append(block)
                pictures += 1
        elif block.element.heading and block.density > LEADS:
            break  # here other stories begin
        elif (match := credit_of(block)) is not None:
            credit = credit or match[1].strip()
        elif _says_something(block, title) and texts < MAX_TEXTS:
            blocks.append(block)
            texts += not block.element.caption
    tell_captions(blocks)
    return Story(blocks, credit=credit, box=root)


def _around(heading: LexborNode | None, players: set[int], owns: Callable[[LexborNode], bool]) -> LexborNode | None:
    """The smallest box around the headline with a recording in it (``players`` are those around one), or pictures."""
    here = heading.parent if heading is not None else None
    for _ in range(MAX_UP):
        if here is None or here.tag in ("html", "-document"):
            return None
        if here.mem_id in players:
            return here
        pictures = here.css("img, amp-img")[:MAX_PICTURES]
        if len(pictures) >= GALLERY and sum(map(owns, pictures)) >= GALLERY:
            return here
        here = here.parent
    return None


def _says_something(block: Block, title: str) -> bool:
    text = block.text
    if block.element.caption:
        return bool(text)
    if len(text) < SAID or block.density > LEADS or block.element.heading in HEADINGS:
        return False
    return fold(text) != fold(title) and not (len(text) <= LABEL and LABELS.kind(text) is not None)


def tell_captions(blocks: list[Block], *, least: int = GALLERY, each: float = EACH) -> None:
    """Lines under pictures are the text of a story that has no other, whatever they are called.

    Where nearly each of several pictures has one text right behind it, these are the lines: at ``least`` so many, and
    this part of them (``each``).
    """
    pictures = [place for place, block in enumerate(blocks) if block.image is not None]
    if len(pictures) < least:
        return
    captions = [block for block in blocks if block.text and (block.element.caption or block.told)]
    if not captions:
        behind = [place + 1 for place in pictures if _is_line(blocks, place + 1)]
        if len(behind) >= each * len(pictures):
            captions = [blocks[place] for place in behind]
    elif sum(len(block.text) for block in captions) <= sum(len(block.text) for block in blocks) / 2:
        return
    for block in captions:
        block.element.caption, block.told = False, True


def _is_line(blocks: list[Block], place: int) -> bool:
    """Whether a text stands alone between two pictures."""
    if place >= len(blocks) or not 0 < len(blocks[place].text) <= CAPTION:
        return False
    return place + 1 == len(blocks) or blocks[place + 1].image is not None


def told_around(story: Story, seen: Story, told: Metadata) -> Story:
    """The story as it is told around what is shown.

    Prose that was found near it is the story's, with the pictures that it lacks. What stands far off is not, unless it
    tells what the page says that it is about: the longest text of such pages is often the site's.
    """
    box, around = story.box, seen.box
    texts = [block for block in seen.blocks if block.text]
    whole = box is not None and box.tag == "body" and around is not None and around.tag != "body"
    near = box is None or around is None or _is_near(box, around) or _is_about(story, told)
    if story.prose and near and not (whole and texts):
        return _with_pictures(story, seen)
    blocks = seen.blocks if texts else [*seen.blocks, *described(told.descriptions)]
    return Story(blocks, None, seen.credit or story.credit, story.signed, around)


def _is_near(node: LexborNode, box: LexborNode) -> bool:
    """Whether an element stands in a box, or beside it: both in one that is not the whole page."""
    around = {one.mem_id: one.tag for one in islice(up(box), NEAR)}
    return any(around.get(here.mem_id, "body") not in ("body", "html") for here in islice(up(node), MAX_UP))


def _is_about(story: Story, told: Metadata) -> bool:
    """Whether a text has words of the page's headline or description, as many as a story's has."""
    about = {word for word in f"{told.title} {' '.join(told.descriptions[:1])}".casefold().split() if len(word) > 3}
    said = " ".join(block.text for block in story.blocks[:20]).casefold()
    return not about or sum(word in said for word in about) >= min(SHARED, len(about))


def _with_pictures(story: Story, seen: Story) -> Story:
    """The story with the row of pictures that stands beside its few sentences, each with its caption."""
    tell_captions(story.blocks)
    known = {block.image.mem_id for block in story.blocks if block.image is not None}
    more = {id(block) for block in seen.blocks if block.image is not None and block.image.mem_id not in known}
    under = {id(block) for block in seen.blocks if block.element.caption or block.told}
    own = [caption_in(block) for block in seen.blocks if id(block) in more]
    if len(more) < GALLERY or len(under) + sum(map(bool, own)) < len(more) / 2:
        return story  # pictures that nobody says anything of are icons, logos, faces
    told = {block.text for block in seen.blocks if id(block) in under}
    story.blocks = [block for block in story.blocks if block.text not in told]
    story.blocks += [block for block in seen.blocks if id(block) in more or id(block) in under]
    return story


def described(descriptions: list[str]) -> list[Block]:
    """The page's own description as the story's one paragraph."""
    text = next(iter(descriptions), None)
    root = parse(f"<p>{escape(squeeze(text))}</p>").body if text else None
    return [block for block in outline(root, Survey()) if block.text] if root is not None else []
