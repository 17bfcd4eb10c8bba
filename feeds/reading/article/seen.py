"""Stories that are mostly seen or heard: a film with two sentences, a row of pictures with a line under each.

There is no prose to find them by. They stand around what is shown, under the page's headline: the smallest box that
holds both is looked through, and of its texts those are kept that lead nowhere and label nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from selectolax.lexbor import LexborNode

from feeds.reading.article.blocks import Block, outline
from feeds.reading.article.body import Story, credit_of
from feeds.reading.article.survey import HEADINGS, Survey
from feeds.reading.media.page import Frame
from feeds.reading.page.dom import parse
from feeds.reading.page.labels import LABELS
from feeds.reading.text import fold, squeeze

SHORT = 400  # characters of prose; with more, the prose tells where the story is
GALLERY = 3  # pictures that are a story by themselves
MAX_PICTURES = 300
MAX_TEXTS = 30
MAX_UP = 12  # elements around a headline that are looked at for what is shown
LEADS = 0.3  # of a text's letters in links: it leads elsewhere
LABEL = 120  # characters of a line that may be a label
SAID = 12  # characters of a text that says something


def seen_story(
    found: Survey, heading: LexborNode | None, shown: Iterable[LexborNode], frame: Frame, title: str
) -> Story:
    """What stands around the recordings ``shown`` or a row of pictures, under the ``heading``; else no blocks."""
    players = {node.mem_id for node in shown}
    root = _around(heading, players, frame.owns_picture)
    if root is None:
        return Story([])
    blocks: list[Block] = []
    credit: str | None = None
    texts = pictures = 0
    for block in outline(root, found):
        if block.image is not None:
            if pictures < MAX_PICTURES and frame.owns_picture(block.image):
                blocks.append(block)
                pictures += 1
        elif block.element.heading and block.density > LEADS:
            break  # here other stories begin
        elif (match := credit_of(block)) is not None:
            credit = credit or match[1].strip()
        elif _says_something(block, title) and texts < MAX_TEXTS:
            blocks.append(block)
            texts += not block.element.caption
    _tell_captions(blocks)
    return Story(blocks, credit=credit, box=root)


def _around(heading: LexborNode | None, players: set[int], owns: Callable[[LexborNode], bool]) -> LexborNode | None:
    """The smallest box around the headline with a recording in it, or with a row of pictures."""
    here = heading.parent if heading is not None else None
    for _ in range(MAX_UP):
        if here is None or here.tag in ("html", "-document"):
            return None
        inside = here.css("img, amp-img, video, audio, iframe, [data-vid], [data-src], [id]")[:3000] if here.tag else []
        if any(node.mem_id in players for node in inside):
            return here
        pictures = [node for node in inside if node.tag in ("img", "amp-img")][:MAX_PICTURES]
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


def _tell_captions(blocks: list[Block]) -> None:
    """Lines under pictures are the text of a story that has no other."""
    captions = [block for block in blocks if block.text and block.element.caption]
    if sum(len(block.text) for block in captions) > sum(len(block.text) for block in blocks) / 2:
        for block in captions:
            block.element.caption, block.element.told = False, True


def told_around(story: Story, seen: Story, descriptions: list[str]) -> Story:
    """The story as it is told around what is shown; where its prose was found there, with the pictures it lacks."""
    if seen.box is None:
        return story if story.prose else Story(story.blocks or described(descriptions), credit=story.credit)
    if story.prose and story.box is not None and _is_within(story.box, seen.box):
        return _with_pictures(story, seen)
    texts = [block for block in seen.blocks if block.text]
    blocks = seen.blocks if texts else [*seen.blocks, *(story.blocks or described(descriptions))]
    return Story(blocks, None, seen.credit or story.credit, story.signed, seen.box)


def _with_pictures(story: Story, seen: Story) -> Story:
    """The story with the row of pictures that stands beside its few sentences, each with its caption."""
    known = {block.image.mem_id for block in story.blocks if block.image is not None}
    texts = {block.text for block in story.blocks}
    more = [block for block in seen.blocks if block.image is not None and block.image.mem_id not in known]
    if len(more) < GALLERY:
        return story
    captions = [block for block in seen.blocks if block.element.caption or block.element.told]
    added = {id(block) for block in (*more, *(block for block in captions if block.text not in texts))}
    story.blocks += [block for block in seen.blocks if id(block) in added]
    return story


def _is_within(node: LexborNode, box: LexborNode) -> bool:
    here: LexborNode | None = node
    for _ in range(MAX_UP * 5):
        if here is None:
            return False
        if here.mem_id == box.mem_id:
            return True
        here = here.parent
    return False


def described(descriptions: list[str]) -> list[Block]:
    """The page's own description as the story's one paragraph."""
    text = next(iter(descriptions), None)
    root = parse(f"<p>{escape(squeeze(text))}</p>").body if text else None
    return [block for block in outline(root, Survey()) if block.text] if root is not None else []
