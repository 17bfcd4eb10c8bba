"""What a source repeats is not the story: blocks that stand on most of its pages, learned from its own pages.

bantin sees many pages of each source, so it needs no list of words and no names of classes for this:

1. A block of text is the site's where it stood in `STORIES` different stories, and on most (`MOST`) of all pages read
   since it was first seen, `ENOUGH` of them. A refrain of a series, a quotation or a formula ("Theo TTXVN") stands in
   some of them, and stays.
2. A short block (`SHORT`) may be a byline or a sentence of its own, whatever repeats it: it goes only where it stands
   next to one that goes, as a label does ("Advertisement").
3. A block that is new on a page, between the neighbours of one of the site's that stands there no longer, has taken its
   place: advertisements and boxes change. It must stand beside a label of the site's, be mostly a link as the one
   before it was, or say the same but for its numbers: a paragraph may be added there, too.
4. Nothing goes where more than half of the text would: then it is the story that is repeated, or was read badly.

5. A block whose numbers change on several stories at one look (`AT_ONCE`, or two that say the same then) is the site's
   clock, weather or counter, as wide as it may be: it stays, and its numbers tell no change. A corrected number in one
   story does.
6. A recording that stands on most pages (rule 1) is the site's: its programme as it is on air.

What goes is kept beside the text (``Article.left_out``), with its markup, so that it can be shown, and is back with the
next look when rule 1 no longer holds. Comparing is done without it; that it goes or comes is no revision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.deciding.fingerprint import normalise
from feeds.deciding.identity import key
from feeds.deciding.recordings import shown
from feeds.model import Article, Habits, Known, LeftOut, Look, Media, Seen
from feeds.reading.media.addresses import mark

STORIES = 3  # different ones that a block has to stand in
MOST = 0.8  # of the pages read since: a box of the site stands on nearly all, a refrain on those of its series
ENOUGH = 5  # pages, where they were not read at once: three stories of a series may come one after the other
SHORT = 40  # characters; bylines, datelines and formulas are shorter, and what is worth leaving out seldom is
AT_ONCE = 3  # stories in which a block's numbers change at one look, where each has numbers of its own
MAX_MOVING = 100  # blocks of a source whose numbers tell nothing
MAX_BLOCKS = 1_000  # remembered of a source, some fifty stories; those not seen for longest are forgotten
MAX_LEFT = 50  # blocks left out of one page
MAX_OF_PAGE = 300  # blocks of one page that are looked at, from both ends: boxes stand there
_NUMBERS = re.compile(r"\d+(?:[.,:]\d+)*+")
_LINKED = re.compile(r"^<\w+[^>]*>\s*<a\b")  # an element that begins with a link
_LINK_TEXT = re.compile(r">([^<>]*)</a>")
_TAGS = "p, li, h2, h3, h4, h5, h6, blockquote, figcaption, div, td, dd, dt, pre"


def learned(known: Known, looks: Iterable[Look]) -> Habits:
    """What is known of the source's blocks after these pages."""
    habits = known.habits
    read = [(look, look.article) for look in looks if look.article is not None and look.outcome == "read"]
    if not read:
        return habits
    blocks, pages = dict(habits.blocks), habits.pages + len(read)
    for look, article in read:
        story = _mark(look.story.entry_id if look.story else look.url)[:6]
        for name in dict.fromkeys((*map(_mark, _ends(_blocks(article))), *map(_recording, article.media))):
            # The pages of one poll come in no order: what one of them has could have been on all of them.
            blocks[name] = _seen(blocks.pop(name, None), story, habits.pages + 1)
    if len(blocks) > MAX_BLOCKS:
        blocks = dict(list(blocks.items())[-MAX_BLOCKS:])  # those seen last stand last
    moving = tuple(dict.fromkeys((*habits.moving, *_moving(read, known))))[-MAX_MOVING:]
    return msgspec.structs.replace(habits, pages=pages, before=habits.pages, blocks=blocks, moving=moving)


def _moving(read: Iterable[tuple[Look, Article]], known: Known) -> list[str]:
    """The moulds of blocks whose numbers changed on several stories (rule 5)."""
    moves: dict[str, dict[str, str]] = {}  # by mould: what it says now, by story
    for look, article in read:
        story = look.story or known.by_key.get(key(look.url))
        old = known.articles.get(story.entry_id) if story is not None else None
        if story is None or old is None:
            continue
        was, now = (dict(map(_told_by, _numbered(text))) for text in (old, article))
        for mould, told in now.items():
            if was.get(mould, told) != told:
                moves.setdefault(mould, {})[story.entry_id] = told
    return [mould for mould, marks in moves.items() if len(marks) >= AT_ONCE or len(marks) > len(set(marks.values()))]


def _numbered(article: Article) -> list[str]:
    return [block for block in _ends(_blocks(article)) if _NUMBERS.search(block)]


def _told_by(block: str) -> tuple[str, str]:
    return _mould(block), _mark(block)


def without_boilerplate(article: Article, habits: Habits, before: Article | None = None) -> Article:
    """The article without the source's own blocks; ``before`` is what the story's page told at the last look."""
    if any(_is_sites(habits, _recording(one)) for one in article.media):
        own = tuple(one for one in article.media if not _is_sites(habits, _recording(one)))
        article = msgspec.structs.replace(article, media=own)
    blocks = _blocks(article)
    chosen = _chosen(blocks, habits, before, article.content_html)
    if not chosen:
        return article
    html = LexborHTMLParser(article.content_html or "<p></p>")
    root = html.body
    if root is None:
        return article
    elements = _by_text(root)
    left: list[LeftOut] = []
    for place in sorted(chosen):
        found = elements.get(_plain(blocks[place]), [])
        if not found:
            chosen.discard(place)  # a part of an element is a part of what somebody wrote
            continue
        element = found.pop(0)
        left.append(_left(blocks, chosen, place, element.html or ""))
        _remove(element, root)
    if not left:
        return article
    kept = [block for place, block in enumerate(blocks) if place not in chosen]
    inner = "".join(child.html or "" for child in root.iter(include_text=True))
    return msgspec.structs.replace(
        article, body_text="\n\n".join(kept), content_html=inner, left_out=(*article.left_out, *left)
    )


def alike(one: Article, other: Article, habits: Habits) -> bool:
    """Whether two texts differ at most by blocks left out of one of them, and by numbers that tell nothing."""
    if (one.title, one.summary, shown(one)) != (other.title, other.summary, shown(other)):
        return False
    gone = {_mark(left.text) for left in (*one.left_out, *other.left_out)}
    moving = frozenset(habits.moving)

    def names(text: Article) -> list[str]:
        marks = [(mark, block) for block in _blocks(text) if (mark := _mark(block)) not in gone]
        return [mould if (mould := _mould(block)) in moving else mark for mark, block in marks]

    return names(one) == names(other)


def _chosen(blocks: list[str], habits: Habits, before: Article | None, html: str) -> set[int]:
    """The places of the blocks that are the site's."""
    marks = list(map(_mark, blocks))
    known = {place for place, name in enumerate(marks) if _is_sites(habits, name)}
    chosen = {place for place in known if len(blocks[place]) > SHORT}
    if before is not None and before.left_out:
        instead = _in_place_of(marks, known, before)
        linked = set(_LINK_TEXT.findall(html)) if instead else set()
        for place, left in instead.items():
            labelled = not known.isdisjoint((place - 1, place + 1))
            if (
                labelled
                or _mould(left.text) == _mould(blocks[place])
                or (_LINKED.search(left.html) and blocks[place] in linked)
            ):
                chosen.add(place)
    # Labels go with what they are labels of.
    for place in sorted(known - chosen, reverse=True):
        if place + 1 in chosen:
            chosen.add(place)
    if sum(len(blocks[place]) for place in chosen) * 2 > sum(map(len, blocks)):
        return set()
    return set(sorted(chosen)[-MAX_LEFT:])


def _in_place_of(marks: list[str], known: set[int], before: Article) -> dict[int, LeftOut]:
    """The places where something new stands, and what of the site's stood there before (rule 3)."""
    told, here = {*map(_mark, _blocks(before))}, set(marks)
    free = {(left.after, left.before): left for left in before.left_out if _mark(left.text) not in here}
    others = [place for place in range(len(marks)) if place not in known]
    stand = [marks[place] for place in others]
    around = zip(["", *stand], [*stand[1:], ""], others, strict=False)
    return {
        place: free[after, following]
        for after, following, place in around
        if marks[place] not in told and (after, following) in free
    }


def _is_sites(habits: Habits, name: str) -> bool:
    seen = habits.blocks.get(name)
    if seen is None or len(seen.stories) < STORIES:
        return False
    pages = habits.pages - seen.since + 1
    at_once = seen.since > habits.before
    return (at_once or pages >= ENOUGH) and seen.times >= MOST * pages


def _recording(media: Media) -> str:
    """The mark of a recording, as of a block (rule 6)."""
    return _mark(f"recording {mark(media.url)}")


def _seen(before: Seen | None, story: str, page: int) -> Seen:
    if before is None:
        return Seen(stories=(story,), times=1, since=page)
    stories = before.stories if story in before.stories else (*before.stories, story)[-STORIES:]
    return Seen(stories=stories, times=before.times + 1, since=before.since)


def _left(blocks: list[str], chosen: set[int], place: int, html: str) -> LeftOut:
    """The block as it is kept, with its neighbours among those that stay."""
    after = next((_mark(blocks[at]) for at in range(place - 1, -1, -1) if at not in chosen), "")
    before = next((_mark(blocks[at]) for at in range(place + 1, len(blocks)) if at not in chosen), "")
    return LeftOut(text=blocks[place], html=html, after=after, before=before)


def _by_text(root: LexborNode) -> Mapping[str, list[LexborNode]]:
    """The elements by their whole text, the outermost of those with the same text first."""
    found: dict[str, list[LexborNode]] = {}
    texts: dict[int, str] = {}
    for element in root.css(_TAGS):
        text = texts[element.mem_id] = _plain(element.text(separator=" "))
        parent = element.parent
        if text and (parent is None or texts.get(parent.mem_id) != text):
            found.setdefault(text, []).append(element)
    return found


def _remove(element: LexborNode, root: LexborNode) -> None:
    """Take an element out, and what holds nothing but it."""
    parent = element.parent
    while parent is not None and parent.mem_id != root.mem_id and _plain(parent.text()) == _plain(element.text()):
        if parent.css_first("img") is not None:
            break
        element, parent = parent, parent.parent
    element.decompose()


def _blocks(article: Article) -> list[str]:
    return [block for block in article.body_text.split("\n\n") if block.strip()]


def _ends(blocks: list[str]) -> list[str]:
    half = MAX_OF_PAGE // 2
    return blocks if len(blocks) <= MAX_OF_PAGE else [*blocks[:half], *blocks[-half:]]


def _plain(text: str) -> str:
    return "".join(text.split())


def _mould(text: str) -> str:
    """The mark of a block that is the same whatever its numbers are."""
    return _mark(_NUMBERS.sub("0", text))


def _mark(text: str) -> str:
    return blake2b(normalise(text).encode("utf-8", "replace"), digest_size=8).hexdigest()
