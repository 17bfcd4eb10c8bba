"""Which stories of different sources are one? Two steps: `bands` find candidates, `same` looks at the two texts.

A story wrongly joined to another is hidden from readers; one wrongly kept apart is read twice. So every rule leans
towards "not the same". The rules, each with its reason:

1. Texts are compared by four words in a row (a *shingle*), for single words are the same in half of the news. Case,
   punctuation, quotes, white space and invisible characters do not count: sites set them as they like. Kana and Han,
   written without spaces, count as a word each.
2. Texts of fewer than 60 shingles are not judged, nor are teasers: the few words that short texts share say nothing.
3. Candidates share a band: two minima of the hashed shingles (MinHash). Texts that share half of their shingles
   meet almost surely, texts that share a twentieth seldom; so nobody compares every story with every other.
4. Three days apart, stories are two: what comes back later is an anniversary, a series or a form.
5. The shorter text must stand in the longer in the same order, but for a lead, a byline and some edits: copies are cut
   at the end, and keep the rest. It must be a fair part of the longer: a round-up that holds a brief is not that brief.
6. *Slots*: a number or a name that gave way to another one between words that stayed. Forms (weather, lottery,
   matches, prices, notices) are full of them; agency copies have none, updates of a story a few numbers and no names.
   A name that is only spelt or shortened differently is no slot.
7. Many small replacements all over the text are a form as well, whatever was replaced: it holds for scripts that
   mark no names.
8. Where both texts have a part of their own in the same place, it must be short, and its names and numbers known to the
   other text: another lead tells of the same people and places, the first lines of another notice do not.
9. Headlines that differ in a number or a name alone, over texts that do so too, are two issues of one form. So are
   texts in which a name of one headline gave way to a name of the other, be it the only one.
10. A running story is written on: one passage is written anew, and another comes where the other text goes straight
   on. Then what was written anew may be long. Where nothing came, two notices in one frame look the same: a passage
   that each has for itself, between words that stayed, must tell at least as many known names and numbers as new ones.

Rules 5 to 10 need to know which words stayed: the shingles of `feeds.deciding.patience`, grown at both ends.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from hashlib import blake2b

import msgspec

from feeds.characters import nfc
from feeds.deciding.patience import pairs_in_order
from feeds.model import Article

VERSION = 1  # of the bands: another way of making them gets another number, and the stored ones are made anew
WINDOW = timedelta(days=3)  # between the publications (or first sights) of stories that can be one

BANDS = 20
ROWS = 2  # minima in a band
SHINGLE = 4  # words
PIECE = 10_000  # characters that are normalised in one go: a hundredth of a second at most
MIN_SHINGLES = 60  # different ones, in a text that can be judged
MAX_CHARS = 200_000  # of a text that are looked at: more than anybody reads
MAX_WORDS = 30_000
MAX_JUDGED = 60_000  # characters of each text that are laid beside the other: more than long reports have
MAX_TITLE = 400  # characters

MIN_SHARED = 0.3  # of the shorter text's shingles that the longer has, before anything else is looked at
MIN_STAYED = 0.68  # of the shorter text's words
MAX_REST = 60  # words of the shorter text that did not stay: another lead, a byline, a few edits
MAX_REST_SHARE = 0.16  # the same, of long texts
MAX_REWRITTEN = 0.4  # of the shorter text's words, in the one passage that a running story tells anew
OWN_PASSAGE = 30  # words, on both sides, that two notices in one frame have for themselves: a paragraph
MIN_STAYED_LONGER = 0.28  # of the longer text's words
CHANCE = 8  # equal words between two longer gaps that mean nothing
SMALL = 14  # words of a replacement that is not another paragraph
MAX_NAMES = 1 / 400  # slots a word that hold another name, besides one
MAX_SLOTS = 1 / 150  # slots a word, besides three
MAX_FIGURES = 0.2  # of the shorter text's numbers that an update changes, besides one
MAX_REPLACED = 0.03  # small replacements a word, besides three
OWN = 10  # words, on both sides, of a part that each text has for itself
MAX_OWN = 50  # words of such parts together: another lead, a byline and a sentence
MAX_OWN_SHARE = 0.12  # of the shorter text
MIN_OWN_SHARE = 0.06  # below it, not even an unknown part is a story of its own
MIN_STRANGERS = 3  # names and numbers of a part of its own that are worth a judgement

# Kana and Han, written without spaces. (Thai and its like fall apart at their vowel marks: short enough.)
_SPACELESS = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"(\d+(?:[.,]\d+)*)|([{_SPACELESS}]|[^\W\d_{_SPACELESS}]+)|[.!?:;…。！？\n\"“”«»„*•]")
_POINT = re.compile("[.,]")


class _Text(msgspec.Struct, frozen=True):
    """A text as it is compared: its words folded, and which of them are numbers (``"n"``) or names (``"N"``)."""

    words: list[str]
    kinds: list[str]


class _Gap(msgspec.Struct, frozen=True):
    """A place where the texts part: words ``a1`` to ``a2`` of the one, ``b1`` to ``b2`` of the other."""

    a1: int
    a2: int
    b1: int
    b2: int

    @property
    def sizes(self) -> tuple[int, int]:
        return self.a2 - self.a1, self.b2 - self.b1

    def is_inside(self, a: _Text, b: _Text) -> bool:
        """Whether words gave way to others there, between words that stayed."""
        return 0 < self.a1 < self.a2 < len(a.words) and 0 < self.b1 < self.b2 < len(b.words)

    def replaces(self, a: _Text, b: _Text) -> bool:
        """Whether a few words gave way to a few others there, between words that stayed."""
        return self.is_inside(a, b) and max(self.sizes) <= SMALL


def bands(article: Article) -> tuple[int, ...]:
    """The numbers under which a story is found: stories that share one are candidates for `same`.

    At most 20 signed 64-bit integers, the same for ever and everywhere for the same text and `VERSION` (there is no
    seed but the constants here); none for a text too short to judge. A story keeps them with it; those of different
    versions never meet, for the version is hashed in.
    """
    shingles = set(_shingles(_read(article.body_text).words))
    if len(shingles) < MIN_SHINGLES:
        return ()
    least = _minima(shingles)
    return tuple(
        struct.unpack("<q", blake2b(struct.pack("<BBQQ", VERSION, number, *rows), digest_size=8).digest())[0]
        for number in range(BANDS)
        if None not in (rows := least[number * ROWS : number * ROWS + ROWS])
    )


def _minima(shingles: set[str]) -> list[int | None]:
    """One-permutation MinHash: each shingle is hashed once, falls into one of the bins, and the least of each stays.

    Not a library's: those that are fast (rensa, datasketch) promise no hashes that outlive a version, and rensa 0.5
    gave up those of 0.4; these are stored. An empty bin, of a short text, costs its band and nothing else.
    """
    bins = BANDS * ROWS
    least: list[int | None] = [None] * bins
    for shingle in shingles:
        value, number = divmod(int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "little"), bins)
        known = least[number]
        if known is None or value < known:
            least[number] = value
    return least


def _read(text: str, limit: int = MAX_CHARS) -> _Text:
    """The words of a text, folded, with their kinds: a word with a capital inside a sentence is a name."""
    words: list[str] = []
    kinds: list[str] = []
    begins = True
    for number, word in _TOKEN.findall(_normal(text, limit)):
        if number:
            words.append(_POINT.sub("", number))
            kinds.append("n")
        elif word:
            words.append(word.casefold())
            kinds.append("N" if not begins and word[0].isupper() else "")
        begins = not (number or word)
    return _Text(words[:MAX_WORDS], kinds[:MAX_WORDS])


def _normal(text: str, limit: int) -> str:
    text, made, begin = nfc(text[:limit]), "", 0
    # Piece by piece, between words, and only until there is enough: one character may become eighteen (U+FDFA).
    while begin < len(text) and len(made) < limit:
        end = text.find(" ", begin + PIECE)
        end = end if 0 <= end <= begin + 2 * PIECE else begin + PIECE
        made += unicodedata.normalize("NFKC", text[begin:end])
        begin = end
    return made[:limit]


def _shingles(words: Sequence[str]) -> list[str]:
    return [" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)]


def same(one: Article, other: Article) -> bool:
    """Whether two articles of different sources tell one story, in mostly the same words; symmetric."""
    if one.published and other.published and abs(one.published - other.published) > WINDOW:
        return False
    found = examine(one, other)
    return found is not None and _convinces(found)


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What two texts have in common, and how they differ; all are counts.

    ``shorter`` and ``longer`` are the words of the texts, ``stayed`` those of the common runs, ``figures`` the numbers
    in the shorter one. ``numbers`` and ``names`` are slots (rule 6), ``replaced`` all small replacements (rule 7).
    ``own`` are the words of the parts that each text has for itself; ``rewritten`` those of the shorter one's longest
    passage that gave way to another before its end, ``inside`` the same where words stayed before it as well, ``added``
    those that one text has where the other goes straight on, behind its beginning (rule 10). ``strangers`` and
    ``known`` are the names and numbers in what is their own that the other text does not know, and does (rule 8);
    always those of the side that has fewer.
    ``issues`` and ``echoed`` say what the headlines say (rule 9).
    """

    shorter: int
    longer: int
    stayed: int
    figures: int
    numbers: int
    names: int
    replaced: int
    own: int
    rewritten: int
    inside: int
    added: int
    strangers: int
    known: int
    issues: bool
    echoed: bool


def examine(one: Article, other: Article) -> Findings | None:
    """Compare the texts; None where they are too short or have too little in common to be worth it."""
    texts = (_read(article.body_text, MAX_JUDGED) for article in (one, other))
    a, b = sorted(texts, key=lambda text: (len(text.words), text.words))
    ours, theirs = _shingles(a.words), _shingles(b.words)
    if not _worth_it(set(ours), set(theirs)):
        return None
    gaps = _without_chance(_gaps(a.words, b.words, pairs_in_order(ours, theirs)))
    small = [gap for gap in gaps if gap.replaces(a, b)]
    own = [gap for gap in gaps if min(gap.sizes) >= OWN and not gap.replaces(a, b)]
    slots = [_slots(a, b, gap) for gap in small]
    titles = _read(one.title[:MAX_TITLE]), _read(other.title[:MAX_TITLE])
    mine, yours = _facts(a, own, b), _facts(b, [_Gap(gap.b1, gap.b2, gap.a1, gap.a2) for gap in own], a)
    return Findings(
        shorter=len(a.words),
        longer=len(b.words),
        stayed=len(a.words) - sum(gap.sizes[0] for gap in gaps),
        figures=a.kinds.count("n"),
        numbers=sum(numbers for numbers, _ in slots),
        names=sum(names for _, names in slots),
        replaced=len(small),
        own=sum(min(gap.sizes) for gap in own),
        rewritten=max((gap.sizes[0] for gap in gaps if min(gap.sizes) > 0 and gap.a2 < len(a.words)), default=0),
        inside=max((gap.sizes[0] for gap in gaps if gap.is_inside(a, b)), default=0),
        added=max((max(gap.sizes) for gap in gaps if not min(gap.sizes) and gap.a1 and gap.b1), default=0),
        strangers=min(mine[0], yours[0]),
        known=min(mine[1], yours[1]),
        issues=_issues(*titles),
        echoed=_echoed(a, b, small, *titles),
    )


def _worth_it(first: set[str], second: set[str]) -> bool:
    fewer = min(len(first), len(second))
    return fewer >= MIN_SHINGLES and len(first & second) >= MIN_SHARED * fewer


def _convinces(found: Findings) -> bool:
    slots = found.numbers + found.names
    written_on = found.added >= OWN
    rewritten = found.rewritten if written_on and found.rewritten <= MAX_REWRITTEN * found.shorter else 0
    shorter = found.shorter - rewritten
    copied = (
        found.stayed >= MIN_STAYED * shorter
        and found.stayed >= MIN_STAYED_LONGER * found.longer
        and shorter - found.stayed <= max(MAX_REST, MAX_REST_SHARE * shorter)
    )
    filled_in = found.names > max(1, found.stayed * MAX_NAMES) or slots > min(
        max(3, found.stayed * MAX_SLOTS), 1 + found.figures * MAX_FIGURES
    )
    scattered = found.replaced > 3 + found.stayed * MAX_REPLACED
    unknown = found.strangers >= MIN_STRANGERS and found.strangers > 2 * found.known
    own_story = (unknown and found.own > MIN_OWN_SHARE * found.shorter) or (
        found.strangers >= MIN_STRANGERS and found.own > max(MAX_OWN, MAX_OWN_SHARE * found.shorter)
    )
    in_one_frame = not written_on and min(found.inside, found.own) >= OWN_PASSAGE and found.strangers > found.known
    another_issue = found.echoed or (found.issues and slots > 1)
    return copied and not (filled_in or scattered or own_story or in_one_frame or another_issue)


def _gaps(a: Sequence[str], b: Sequence[str], series: Sequence[tuple[int, int]]) -> Iterator[_Gap]:
    """What lies between the common runs, once these are grown as far as words are equal."""
    i = j = 0  # where the last run ended
    for m, n in [*series, (len(a), len(b))]:
        if m < i or n < j:  # within the last run, or overlapping it
            continue
        while i < m and j < n and a[i] == b[j]:
            i, j = i + 1, j + 1
        start, end = m, n
        while start > i and end > j and a[start - 1] == b[end - 1]:
            start, end = start - 1, end - 1
        if start > i or end > j:
            yield _Gap(i, start, j, end)
        i, j = min(m + SHINGLE, len(a)), min(n + SHINGLE, len(b))


def _without_chance(gaps: Iterable[_Gap]) -> list[_Gap]:
    """The gaps, joined where only a few words between two long ones are equal: a turn of phrase that both happen on."""
    joined: list[_Gap] = []
    for gap in gaps:
        last = joined[-1] if joined else None
        if last and gap.a1 - last.a2 < CHANCE and min(max(last.sizes), max(gap.sizes)) > CHANCE:
            joined[-1] = _Gap(last.a1, gap.a2, last.b1, gap.b2)
        else:
            joined.append(gap)
    return joined


def _slots(a: _Text, b: _Text, gap: _Gap) -> tuple[int, int]:
    """How many numbers and names gave way to others there."""
    mine, yours = slice(gap.a1, gap.a2), slice(gap.b1, gap.b2)
    numbers = _exchanged(_of_kind(a, mine, "n"), _of_kind(b, yours, "n"))
    left, right = _of_kind(a, mine, "N"), _of_kind(b, yours, "N")
    left, right = left - set(b.words[yours]), right - set(a.words[mine])
    if left and right and not _spelt_otherwise(left, right):
        return numbers, min(len(left), len(right))
    return numbers, 0


def _of_kind(text: _Text, where: slice, kind: str) -> set[str]:
    return {word for word, its in zip(text.words[where], text.kinds[where], strict=True) if its == kind}


def _exchanged(left: set[str], right: set[str]) -> int:
    return min(len(left - right), len(right - left))


def _spelt_otherwise(left: set[str], right: set[str]) -> bool:
    """Whether the names of one side are those of the other in another spelling (Kiev, Kyiv) or shortened (UN, HCM)."""
    if any(one[:3] == other[:3] or _consonants(one) == _consonants(other) for one in left for other in right):
        return True
    ours, theirs = {word[0] for word in left}, {word[0] for word in right}
    return any(len(one) > 1 and set(one) <= theirs for one in left) or any(
        len(one) > 1 and set(one) <= ours for one in right
    )


def _consonants(word: str) -> str:
    plain = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in plain if letter not in "aeiouy" and not unicodedata.combining(letter))


def _facts(text: _Text, gaps: Sequence[_Gap], other: _Text) -> tuple[int, int]:
    """How many names and numbers of these gaps the other text does not know, and how many it does."""
    found: set[str] = set()
    for gap in gaps:
        where = slice(gap.a1, gap.a2)
        found |= _of_kind(text, where, "n") | _of_kind(text, where, "N")
    known = len(found & set(other.words))
    return len(found) - known, known


def _issues(one: _Text, other: _Text) -> bool:
    """Whether two headlines differ, and in nothing but numbers and names, and share at least half of their words."""
    left = [n for n, word in enumerate(one.words) if word not in other.words]
    right = [n for n, word in enumerate(other.words) if word not in one.words]
    if not (left and right) or 2 * max(len(left), len(right)) > min(len(one.words), len(other.words)):
        return False
    return all(one.kinds[n] or n == 0 for n in left) and all(other.kinds[n] or n == 0 for n in right)


def _echoed(a: _Text, b: _Text, gaps: Sequence[_Gap], one: _Text, other: _Text) -> bool:
    """Whether a word of one headline gave way to a word of the other in the text too; numbers may (an update).

    Names always count, other words only under headlines that share half of theirs.
    """
    left, right = _only(one, other), _only(other, one)
    alike = 2 * len(set(one.words) & set(other.words)) >= min(len(set(one.words)), len(set(other.words)))
    for gap in gaps:
        mine, yours = slice(gap.a1, gap.a2), slice(gap.b1, gap.b2)
        ours, theirs = set(a.words[mine]), set(b.words[yours])
        ours, theirs = ours - theirs, theirs - ours
        if not alike:
            ours, theirs = ours & _of_kind(a, mine, "N"), theirs & _of_kind(b, yours, "N")
        crossed = (ours & left and theirs & right) or (ours & right and theirs & left)
        if crossed and not _spelt_otherwise(ours, theirs):
            return True
    return False


def _only(one: _Text, other: _Text) -> set[str]:
    return {word for word, kind in zip(one.words, one.kinds, strict=True) if kind != "n"} - set(other.words)
