"""Where a page's prose lies: a first, coarse look that touches long texts only, and picks the box that holds the story.

Reading a page closely costs many times its parse, and most of a page is not the story. So the survey takes the text
nodes long enough to be part of a sentence, and sums them up the tree over just those elements that have some below
them: a few dozen of a thousand.

The story's box is then found from the top: as long as one child holds nearly all the prose of its parent, the child is
the better answer. That is the reasoning of readability (Arc90, 2009) with the direction turned round: scores that climb
from paragraphs to their parents fade after two levels, and lose bodies that are wrapped unevenly; shares do not fade.
That prose is what counts, long runs of text with few links, is from Kohlschütter et al., "Boilerplate Detection using
Shallow Text Features" (WSDM 2010).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, islice

from selectolax.lexbor import LexborNode

from feeds.reading.page.labels import SENTENCE_END
from feeds.reading.page.names import BODY_NAMES, COMMENT_NAMES, FOOT_NAMES, HIDDEN_STYLE, JUNK_NAMES, JUNK_TAGS
from feeds.reading.page.page import Scan
from feeds.reading.text import fold, word_set

MAX_INLINE = 32  # how many inline elements enclose a text; more are taken for a block
LONG = 25  # characters of a text node that may be part of a sentence
LONG_WIDE = 10  # the same for scripts that write a word in one or two characters
WIDE = "\u2e80"  # where the scripts of China, Japan and Korea begin
LINE = 80  # characters of a run that is prose though no sentence ends in it
PARAGRAPH = 50  # the same in a p, whose last words may be too short a piece to be looked at (those after a <b>)
DESCEND = 0.85  # a child that holds this share of its parent's prose is the better answer
DESCEND_NAMED = 0.4  # and this share of the page's is enough for a box that is called the article's body
TITLED = 0.25  # an article around the title with this share of the largest box's prose is the story
PART = 1000  # characters of prose that make a box set as the story's box another part of it
OPENS = 20  # nodes at the head of a box in which its heading stands
SLUG = 3  # words of an id that may be a heading's
OUTSIDE = 150  # characters of prose outside of a page's foot that make the foot no story, however long it is
STANDS = 0.5  # a box that is called junk, but holds this share of the page's prose is the story after all
HEADLINE, TEASED = 40, 3  # an item with a link of so many characters, and a third of its text, is a teaser
TEASERS = 3  # so many headings that are links list other stories,
TEASER = 300  # if there are no more characters of prose than this to each
FEW, FEW_SHARE = 500, 0.1  # when less than both is left without junk, the names lie

BLOCK_TAGS = word_set(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table "
    "tbody td tfoot th thead tr ul"
)
UNREAD_TAGS = word_set(
    "script style template svg math head title noscript textarea select option button datalist iframe object "
    "video audio canvas map"
)
HEADINGS = word_set("h1 h2 h3 h4 h5 h6")
_NO_STORY_TAGS = JUNK_TAGS | UNREAD_TAGS
_FRAME_TAGS = frozenset(("html", "body", "main"))
_LEAVES = word_set("p h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote pre figure tr")
_NAMING = word_set("class id role itemprop data-role data-component data-testid data-type type")
_NUMBERED = re.compile(r"\S*\d\S*")  # a name with a digit is this element's alone
_NAMING_BUT_ID = _NAMING - {"id"}


class Box:
    """An element with long text in it. ``prose`` counts characters: ``own``, and those of the boxes below it."""

    names = ""
    junk = shut = False  # shut: junk, or inside junk; known of boxes with prose only
    counted = False  # whether its names were looked at with all of the page in view
    text = links = 0  # characters of its own, not those of boxes below
    own = prose = 0
    teasers = 0  # headings that are links, its own and those of the boxes below
    tail = ""

    def __init__(self, node: LexborNode, tag: str, parent: Box | None) -> None:
        self.node, self.tag, self.parent = node, tag, parent
        self.linked: bool = tag == "a" or (parent is not None and parent.linked)


class Survey:
    """The boxes of a page by their node's ``mem_id``, each after its parent; ``total`` is the prose in all of them."""

    def __init__(self) -> None:
        self.root: LexborNode | None = None
        self.boxes: dict[int, Box] = {}
        self.holding: list[Box] = []  # those that hold prose, or would but for junk
        self.total = 0

    def name(self, node: LexborNode, tag: str) -> str | None:
        """What an element is called; None where it is no part of any story.

        That is as counted where prose was found, else by its names.
        """
        box = self.boxes.get(node.mem_id)
        if box is not None and box.counted:
            return None if box.junk else box.names
        names, junk = _called(node, tag)
        return None if junk else names


def survey(page: Scan) -> Survey:
    """Weigh the long texts of a page."""
    found = Survey()
    found.root = page.tree.root
    boxes = found.boxes
    linked: list[tuple[int, int]] = []
    for node, _, text in page.flow:
        size = len(text)
        if size >= LONG or (size >= LONG_WIDE and text[size // 2] >= WIDE):
            _hold(boxes, linked, node, text.strip())
    for key, size in linked:
        if box := boxes.get(key):
            box.text += size
            box.links += size
    _count(found)
    return found


def container(found: Survey, title: LexborNode | None) -> Box | None:
    """The smallest box that holds nearly all of the page's prose; None where there is none.

    Pages that go on with the next story hold several articles; then the one with the page's ``title`` in it counts.
    """
    below: dict[int, list[Box]] = {}
    if not found.holding or not found.holding[0].prose:
        return None
    root = found.holding[0]
    for box in found.holding:
        if box.prose and (box.tag not in _LEAVES or (box.tag == "li" and not box.own)):
            below.setdefault(id(_frame(box)), []).append(box)
    here = _descend(_named(found, root) or root, below, title)
    titled = _titled(found, title, here)
    return _descend(titled, below, title) if titled is not None else here


def _frame(box: Box) -> Box | None:
    """The next box above that may hold a story: not a list or a table's row, whose parts may be columns of a layout."""
    above = box.parent
    while above is not None and above.tag in _LEAVES and (above.tag != "li" or above.own):
        above = above.parent
    return above


def _descend(here: Box, below: dict[int, list[Box]], title: LexborNode | None) -> Box:
    while children := below.get(id(here)):
        best = max(children, key=lambda child: child.prose)
        if best.prose < DESCEND * here.prose or any(_is_part(child, best, title) for child in children):
            break
        here = best
    return here


def _is_part(box: Box, other: Box, title: LexborNode | None) -> bool:
    """Whether a box is another part of the story: set as the other is, longer than a teaser, and not the next story."""
    if box is other or box.prose < PART or box.tag != other.tag or box.tag == "article" or not box.names:
        return False
    if _NUMBERED.sub("", box.names) != _NUMBERED.sub("", other.names):
        return False
    headline = box.node.css_first("h1")
    return headline is None or (title is not None and headline.mem_id == title.mem_id)


def _titled(found: Survey, title: LexborNode | None, other: Box) -> Box | None:
    """The article with the title in it, if that is apart from another box or one of several articles in it."""
    node = title.parent if title is not None else None
    for _ in range(MAX_INLINE):
        if node is None or node.mem_id in found.boxes:
            break
        node = node.parent
    if node is None or node.mem_id not in found.boxes:
        return None
    around, above = list(_up(found.boxes[node.mem_id])), list(_up(other))
    own = next((box for box in around if box.tag == "article"), None)
    if own is not None and other in around[around.index(own) + 1 :]:
        return own if own.prose >= TITLED * other.prose else None
    article = next((box for box in above if box.tag == "article"), None)
    if article is None or article in around:
        return None
    best = next((box for box in around if box.prose >= TITLED * other.prose), None)
    return best if best is not None and best not in above else None


def _up(box: Box) -> Iterator[Box]:
    here: Box | None = box
    while here is not None:
        yield here
        here = here.parent


def _named(found: Survey, root: Box) -> Box | None:
    """The box that is called the article's body and holds a good part of the page's prose."""
    named = [box for box in found.holding if box.prose >= DESCEND_NAMED * root.prose and box.names in BODY_NAMES]
    best = max(named, key=lambda box: box.prose, default=None)
    return _around_parts(found, best or _largest_part(found, root))


def _largest_part(found: Survey, root: Box) -> Box | None:
    """The largest of several boxes of one name that are called the body, and hold enough together."""
    parts: dict[tuple[int, str], list[Box]] = {}
    for box in found.holding:
        if box.prose and box.names in BODY_NAMES:
            parts.setdefault((id(box.parent), box.names), []).append(box)
    some = max(parts.values(), key=lambda boxes: sum(box.prose for box in boxes), default=[])
    if len(some) < 2 or sum(box.prose for box in some) < DESCEND_NAMED * root.prose:
        return None
    return max(some, key=lambda box: box.prose)


def _around_parts(found: Survey, box: Box | None) -> Box | None:
    """The box around several of one name, between which advertisements stand: together they are the body."""
    if box is None or not box.names or box.parent is None:
        return box
    others = [one for one in found.holding if one.parent is box.parent and one.names == box.names and one.prose]
    cut = (
        len(others) > 1
        and box.tag != "article"
        and not any(one.node.css_first("h1") for one in others if one is not box)
    )
    return box.parent if cut else box


def names_of(attributes: dict[str, str | None], tag: str = "") -> str:
    """What an element is called, by all attributes that name it.

    The id of a heading is none, since it is made of the heading's words; nor is that of a paragraph with a digit in it,
    which is made by chance.
    """
    if not attributes:
        return ""
    naming = _NAMING
    if "id" in attributes and (tag in HEADINGS or (tag == "p" and any(map(str.isdigit, attributes["id"] or "")))):
        naming = _NAMING_BUT_ID
    if len(attributes) == 1:  # as most elements have that have any
        ((key, value),) = attributes.items()
        return value if value and key in naming else ""
    return " ".join([value for key, value in attributes.items() if value and key in naming])


def _called(node: LexborNode, tag: str) -> tuple[str, bool]:
    """What an element is called, and whether that is something that no story is.

    An id that is made of the words of a heading inside is no name: "how-to-share-a-boat".
    """
    attributes = node.attributes
    told = attributes.get("id") or ""
    if told.count("-") >= SLUG - 1 and tag not in _NO_STORY_TAGS:
        heading = next((one for one in islice(node.traverse(), OPENS) if one.tag in HEADINGS), None)
        if heading is not None and fold(heading.text(deep=True)[:300]).startswith(fold(told)):
            attributes = {name: value for name, value in attributes.items() if name != "id"}
    names = names_of(attributes, tag)
    return names, is_junk(tag, names, attributes)


def is_junk(tag: str, names: str, attributes: dict[str, str | None]) -> bool:
    """Whether an element is called something that no story is, or is not shown."""
    if tag in _NO_STORY_TAGS or tag == "form":  # a form around the whole page is spared as misnamed boxes are
        return True
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style and HIDDEN_STYLE.search(style):
        return True
    return bool(names) and tag not in _FRAME_TAGS and JUNK_NAMES.has(names)


def weight(text: str) -> int:
    """The length of a text as if it were written in letters."""
    size = len(text)
    return size * 5 // 2 if size and text[size // 2] >= WIDE else size


def is_prose(size: int, links: int, tail: str, *, least: int = LINE) -> bool:
    """Whether a run reads like a story: some length, most of it no link, and long or ended as a sentence is."""
    return size >= LONG and links * 2 <= size and (size >= least or SENTENCE_END.search(tail) is not None)


def _hold(boxes: dict[int, Box], links: list[tuple[int, int]], node: LexborNode, text: str) -> None:
    """Add a long text to the box of the block that encloses it.

    A link in anything but a heading goes to ``links``, as the block's ``mem_id`` and the size: most blocks of links
    hold nothing else, and such a block needs no box.
    """
    linked = False
    parent = node.parent
    size = weight(text)
    for _ in range(MAX_INLINE):
        if parent is None or not size:
            return
        key = parent.mem_id
        box = boxes.get(key)
        if box is None:
            tag = parent.tag or ""
            if tag not in BLOCK_TAGS and "-" not in tag:
                if tag in UNREAD_TAGS:
                    return
                linked = linked or tag == "a"
                parent = parent.parent
                continue
            if linked and tag not in HEADINGS:
                links.append((key, size))
                return
            box = _box(boxes, parent, key, tag)
        break
    else:
        if parent is None:
            return
        box = boxes.get(parent.mem_id) or _box(boxes, parent, parent.mem_id, parent.tag or "")
    box.text += size
    if linked or box.linked:
        box.links += size
    box.tail = text[-8:]


def _box(boxes: dict[int, Box], node: LexborNode, key: int, tag: str) -> Box:
    """A new box, of the element with this ``mem_id`` and tag; missing ones above it are made first."""
    missing: list[tuple[int, LexborNode, str]] = []
    above = None
    here = node.parent
    while here is not None:
        place = here.mem_id
        above = boxes.get(place)
        if above is not None or (name := here.tag) == "-document":
            break
        missing.append((place, here, name or ""))
        here = here.parent
    for place, element, name in reversed(missing):
        above = boxes[place] = Box(element, name, above)
    box = boxes[key] = Box(node, tag, above)
    return box


def _count(found: Survey) -> None:
    """Sum prose up the tree, without what is junk."""
    boxes = list(found.boxes.values())
    for box in reversed(boxes):
        least = PARAGRAPH if box.tag == "p" else LINE
        if box.text and is_prose(box.text, box.links, box.tail, least=least) and not _is_teaser(box):
            box.own = box.text - box.links
            box.prose += box.own
        if box.prose and box.parent is not None:
            box.parent.prose += box.prose
    holding = [box for box in boxes if box.prose]
    largest = 0
    for box in holding:
        box.names, box.junk = _called(box.node, box.tag)
        box.counted = True
        if box.junk:
            largest = max(largest, box.prose)
    found.total = _sum(holding) if largest else boxes[0].prose if boxes else 0
    spared = largest > STANDS * found.total
    if spared:
        _spare_wrappers(holding)
    if _shut_lists(boxes) or spared:
        found.total = _sum(holding)
    if found.total < FEW:
        _free(found, holding)
    found.holding = holding


def _is_teaser(box: Box) -> bool:
    return box.tag == "li" and box.links >= HEADLINE and TEASED * box.links >= box.text


def _free(found: Survey, boxes: list[Box]) -> None:
    """Where nearly all of a page is called junk, its names lie: believe none but those of comments."""
    before = found.total
    junk = [box for box in boxes if box.junk]
    for box in junk:
        box.junk = box.names in COMMENT_NAMES
    found.total = _sum(boxes)
    if before >= FEW_SHARE * found.total:
        for box in junk:
            box.junk = True
        found.total = _sum(boxes)


def _spare_wrappers(boxes: list[Box]) -> None:
    """Let a box stand that is called junk but holds most of the page's prose: pages are wrapped in "has-sidebar".

    A real list of comments holds its prose in boxes that are called comments again, a misnamed wrapper does not: a box
    is measured by the prose in it with no further such name in between, against all prose under as many such names.
    """
    levels: dict[int, int] = {}
    depth_prose: Counter[int] = Counter()
    for box in boxes:
        if box.junk and _is_unclosed(box):
            box.junk = False
        levels[id(box)] = level = levels.get(id(box.parent), 0) + box.junk
        box.prose = box.own
        depth_prose[level] += box.own
    order = sorted(depth_prose)
    upto = dict(zip(order, accumulate(depth_prose[level] for level in order), strict=True))
    for box in reversed(boxes):
        stands = box.junk and box.prose > STANDS * upto[levels[id(box)]] and box.tag not in JUNK_TAGS
        if stands and not (box.names in FOOT_NAMES and upto[max(order)] - box.prose >= OUTSIDE):
            box.junk = False
        if box.parent is not None and not box.junk:
            box.parent.prose += box.prose


def _is_unclosed(box: Box) -> bool:
    """Whether a box stands in one of its own name, and is not one of comments: an advertisement nobody closed."""
    if not box.names or box.names in COMMENT_NAMES:
        return False
    here = box.parent
    for _ in range(MAX_INLINE):
        if here is None or (here.names == box.names and here.tag == box.tag):
            return here is not None
        here = here.parent
    return False


def _shut_lists(boxes: list[Box]) -> bool:
    """Mark lists of other stories: several headings that are links, and no more than a teaser's text to each."""
    headings = [box for box in boxes if box.links * 2 > box.text and box.tag in HEADINGS]
    if len(headings) < TEASERS:
        return False
    found = False
    for box in headings:
        box.teasers = 1
    for box in reversed(boxes):
        if box.junk or not box.teasers:
            continue
        if box.teasers >= TEASERS and box.prose <= TEASER * box.teasers and box.parent is not None:
            box.junk = found = True
        elif box.parent is not None:
            box.parent.teasers += box.teasers
    return found


def _sum(boxes: list[Box]) -> int:
    """Set the prose of every box that may have some, none in junk and what is below it; what the page has."""
    for box in boxes:
        box.shut = box.junk or (box.parent is not None and box.parent.shut)
        box.prose = 0 if box.shut else box.own
    for box in reversed(boxes):
        if box.prose and box.parent is not None:
            box.parent.prose += box.prose
    return boxes[0].prose if boxes else 0
