"""Which story is this? The rules by which addresses and texts name one story, each with its reason.

Addresses that are one (`key`), whatever stands there:

1. Scheme, ``www.``, default ports, fragment, tracking parameters and a trailing slash do not tell stories apart:
   sites link the same page all these ways.
2. The address that answered (after redirects), or the page's own canonical link on the same site, names the story:
   sections and campaigns link through others. A canonical link to a list, to the front page or to a story with another
   text is a template's mistake, and not believed.

Texts that are one:

3. The same text at two addresses of one source is one story: sites list a story under several sections.
4. A wholly different text at a known address is another story (sites reuse addresses), where a list announces it
   under that address. Where none does, it is a page that stands before the story: a login, a consent, an error.

Addresses that only propose a story (`aliases`), since other stories may answer to them, too. The texts decide, or the
headlines where one of the two has no text; one that proposes wrongly changes nothing at all:

5. ``alias:`` The AMP and the mobile form of an address are the same story in another dress. Believed where the texts
   are not wholly different: on some sites ``m.`` is another newsroom.
6. ``number:`` The number in an address stays when its slug changes with the title. Believed where the texts share
   whole phrases (`retold`), because a number may be that of a section, an author, a gallery or a thread. Only a number
   at the beginning or end of the last part of an address, or alone before it, is one: what follows a number elsewhere
   is a page or a picture (``photo-12345-2``), and an address with parameters says with them what is shown. Dates are no
   such numbers, nor digits amid letters (parts of hashes, ``c12345`` for a category). A number that stands at
   `MANY` headlines of one poll names none of them.
7. ``guid:`` What a feed calls its item stays when headline, slug and link change. Believed where headlines or texts
   are not wholly different, the stated time is the same, or it is long enough to be nobody's count (`LONG`): some feeds
   number their items from 1, at each turn. One that two items of a poll have names neither.
8. ``told:`` Headline and time, for lists whose links carry a token that changes at each request.
9. ``part:`` The two longest paragraphs: a slug follows its headline on sites without numbers. Believed where the texts
   are the same nearly word for word (`reworded`), all their numbers included: what a series says each day is not one
   story.
10. A story that is told by rule 8 or 9 is another one where the lists still name its address beside the new one.
11. Stories of few words whose recordings have nothing in common are two, however alike they read (`recordings`).
12. Where two stories answer to one weak name, the newest keeps it: lists speak of new stories.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import TypeVar
from urllib.parse import urlsplit

from feeds.deciding.fingerprint import normalise
from feeds.deciding.recordings import told_apart
from feeds.model import Article, Teaser
from feeds.reading import urls
from feeds.reading.text import printable

T = TypeVar("T")

# What weak keys begin with; strong ones begin with https://.
ALIAS, NUMBER, GUID, TOLD, PART = "alias:", "number:", "guid:", "told:", "part:"
LONG = 16  # characters of a guid that is made to be the only one: addresses, UUIDs, hashes
PARTS = 2  # paragraphs a story is known by
MIN_PART = 60  # characters of one of them; in a shorter one there is little of its own
SAME_TIME = timedelta(minutes=1)  # within which two stated times are one
FEW = 20  # words of a text that says little of which story it tells
DRESSES = 8  # forms one upon another that are undone; sites have two at most
MANY = 3  # headlines in the lists of one poll that share a number: it is a section's, then

_WORD = re.compile(r"\w+")
_DEFAULT_PORTS = {"http": 80, "https": 443}

_OTHER_DRESS = re.compile(r"^(?:(?:m|mobile|amp)\.)+(?=[^.]+\.)")
_AMP_PARAMETER = re.compile(r"(?:amp(?:=(?:1|true)?)?|outputtype=amp)", re.IGNORECASE)
_AMP_ENDING = re.compile(r"(?<=.)\.amp(?=\.html?$|$)", re.IGNORECASE)
_INDEX = re.compile(r"index\.\w{2,5}", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_AT_END = re.compile(r".*[^\W_][-_,]+(?:post|article|art|news)?(\d{5,20})", re.IGNORECASE)
_AT_START = re.compile(r"(\d{5,20})[-_].*[^\W\d_]")
_ALONE = re.compile(r"\d{5,20}")
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"{_YEAR}{_MONTH}(?:{_DAY})?|{_DAY}{_MONTH}{_YEAR}|[0-4]\d{_MONTH}{_DAY}|{_DAY}{_MONTH}[0-4]\d", re.ASCII
)


@lru_cache(maxsize=16_384)
def key(url: str) -> str:
    """The address by which a story is known (rule 1); always ``https``, so that http and https are one."""
    parts = urlsplit(urls.clean(printable(url)))
    host = (parts.hostname or "").removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS.get(parts.scheme)) else ""
    path = parts.path.rstrip("/") or "/"
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{host}{port}{path}{query}"


@lru_cache(maxsize=16_384)
def plain(url: str) -> str:
    """The key of the ordinary form of an address: neither AMP nor mobile, no ``index.html`` (rule 5)."""
    parts = urlsplit(key(url))
    host = _OTHER_DRESS.sub("", parts.netloc)
    steps = [step for step in parts.path.split("/") if step]
    for _ in range(DRESSES):
        if not steps or (ordinary := _without_dress(steps)) == steps:
            break
        steps = ordinary
    kept = [pair for pair in parts.query.split("&") if pair and not _AMP_PARAMETER.fullmatch(pair)]
    return f"https://{host}/{'/'.join(steps)}" + (f"?{'&'.join(kept)}" if kept else "")


def aliases(url: str) -> tuple[str, ...]:
    """The weaker keys under which the same story may be known (rules 5 and 6): its plain form, and its number."""
    folded = plain(url)
    number = _number(folded)
    return (ALIAS + folded, NUMBER + number) if number else (ALIAS + folded,)


def _without_dress(steps: list[str]) -> list[str]:
    """The parts of a path without the outermost thing that makes it another form of one story's address."""
    if _INDEX.fullmatch(steps[-1]):
        return steps[:-1]
    if len(steps) > 1 and steps[-1].lower() == "amp":
        return steps[:-1]
    if len(steps) > 1 and steps[0].lower() == "amp":
        return steps[1:]
    return [*steps[:-1], _AMP_ENDING.sub("", steps[-1])]


def names(url: str) -> tuple[str, ...]:
    """Every key under which the story of an address may be known, its own first."""
    return tuple(dict.fromkeys((key(url), plain(url), *aliases(url))))


def to_remember(addresses: Iterable[str]) -> set[str]:
    """The weak keys to remember a story by. An address that is plain is its own alias, and asked for as that."""
    return {weak for url in addresses for weak in aliases(url) if weak.startswith(NUMBER) or weak != ALIAS + key(url)}


def same_number(one: str, other: str) -> bool:
    """Whether two addresses carry the same number at the same place (rule 6)."""
    number = _number(plain(one))
    return number is not None and number == _number(plain(other))


def shared_numbers(teasers: Iterable[Teaser]) -> set[str]:
    """The number keys under which lists have so many headlines that they name no story (rule 6)."""
    headlines: dict[str, dict[str, str]] = {}
    for teaser in teasers:
        for weak in aliases(teaser.url)[1:]:
            headlines.setdefault(weak, {})[plain(teaser.url)] = teaser.title.casefold()
    return {weak for weak, told in headlines.items() if len(set(told.values())) >= MANY}


def marks_of(teaser: Teaser | None, article: Article | None = None) -> tuple[str, ...]:
    """The weak keys that a story has besides those of its addresses (rules 7 to 9)."""
    found = []
    if teaser is not None and teaser.guid:
        found.append(GUID + _hash(teaser.guid))
    if teaser is not None and teaser.published is not None and len(_words(teaser.title)) > MANY:
        found.append(TOLD + _hash(f"{normalise(teaser.title)} {teaser.published.astimezone(UTC):%Y%m%d%H%M}"))
    blocks = article.body_text.split("\n\n") if article is not None else []
    parts = sorted(filter(_is_part, blocks), key=len, reverse=True)[:PARTS]
    return (*found, *(PART + _hash(normalise(part)) for part in parts))


def shared_marks(told: Iterable[tuple[Teaser | None, Article | None]]) -> set[str]:
    """The marks that several headlines of one poll have: they name no story."""
    headlines: dict[str, set[str]] = {}
    for teaser, article in told:
        headline = (teaser.title if teaser else article.title if article else "").casefold()
        for mark in marks_of(teaser, article):
            headlines.setdefault(mark, set()).add(headline)
    return {mark for mark, those in headlines.items() if len(those) > 1}


def token_differs(one: str, other: str) -> bool:
    """Whether two addresses differ in their parameters alone."""
    (path, _, query), (other_path, _, others) = key(one).partition("?"), key(other).partition("?")
    return path == other_path and query != others


def _is_part(block: str) -> bool:
    return len(block) >= MIN_PART


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _number(folded: str) -> str | None:
    """Host, place and digits of the number in a plain address: ``news.example/*-4711007``; None without one."""
    parts = urlsplit(folded)
    steps = parts.path.split("/")[1:]
    if parts.query or not steps:
        return None
    last = _EXTENSION.sub("", steps[-1])
    if (found := _AT_END.fullmatch(last)) and not _DATE.fullmatch(found[1]):
        return f"{parts.netloc}/*-{found[1]}"
    if (found := _AT_START.fullmatch(last)) and not _DATE.fullmatch(found[1]):
        return f"{parts.netloc}/{found[1]}-*"
    if _ALONE.fullmatch(last):
        return None if _DATE.fullmatch(last) else f"{parts.netloc}/{last}"
    before = steps[-2] if len(steps) > 1 else ""
    if _ALONE.fullmatch(before) and not _DATE.fullmatch(before) and last[-1:].isalpha() and "-" in last:
        return f"{parts.netloc}/{before}/*"
    return None


def entry_id(url: str, occupant: int = 1) -> str:
    """The Atom id of the story first seen at ``url``: a version-5 UUID over its key (RFC 9562, namespace URL).

    ``occupant`` counts the different stories that have lived at the address (rule 4): the second is hashed as
    ``…#2``. The id survives a new title, a move of the server and a lost database.
    """
    name = key(url) if occupant == 1 else f"{key(url)}#{occupant}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def event_id(*what: object) -> str:
    """The id of an event, derived from what happened; valid as a Standard Webhooks ``webhook-id``."""
    return f"evt_{uuid.uuid5(uuid.NAMESPACE_URL, '|'.join(map(str, what))).hex}"


def wholly_different(one: Article, other: Article) -> bool:
    """Whether two texts have so little in common that they tell two stories (rule 4).

    Titles that share a third of their words are one story whatever became of the text; so are texts of which the
    shorter shares a fifth of its pairs of words with the longer. Pairs, because any two long texts of one language
    share a good part of their single words.
    """
    return _overlap(_words(one.title), _words(other.title)) < 1 / 3 and _common(one, other) < 1 / 5


def retold(one: Article, other: Article) -> bool:
    """Whether a third of the shorter text's pairs of words are in the longer one: the same story, maybe edited.

    A text of a few words ("as agencies report") is in many others: then the headlines have to agree.
    """
    if told_apart(one, other):
        return False
    enough = min(len(_WORD.findall(text.body_text)) for text in (one, other)) > FEW
    return _common(one, other) >= 1 / 3 and (enough or announced(one, other))


def reworded(one: Article, other: Article) -> bool:
    """Whether two texts are the same nearly word for word, their numbers all the same, and no stated times differ."""
    if told_apart(one, other):
        return False
    a, b = (_WORD.findall(text.body_text.casefold()) for text in (one, other))
    pairs, others = _pairs(a), _pairs(b)
    if not pairs or not others or len(pairs & others) < 0.8 * max(len(pairs), len(others)):
        return False
    numbers, theirs = ({word for word in words if word[0].isdigit()} for words in (a, b))
    apart = one.published is not None and other.published is not None and not same_time(one, other)
    return numbers == theirs and not apart


def same_time(one: Article, other: Article) -> bool:
    """Whether both state their publication, and it is one."""
    if one.published is None or other.published is None:
        return False
    return abs(one.published - other.published) < SAME_TIME


def named_alike(guid: str | None, one: Article, other: Article) -> bool:
    """Whether one guid names these two texts (rule 7)."""
    return not wholly_different(one, other) or same_time(one, other) or len(guid or "") >= LONG


def announced(teaser: Teaser | Article | None, article: Article) -> bool:
    """Whether the list's headline is that of the article, as far as half of the words go (rule 4)."""
    return teaser is not None and _overlap(_words(teaser.title), _words(article.title)) >= 1 / 2


def _common(one: Article, other: Article) -> float:
    a, b = _WORD.findall(one.body_text.casefold()), _WORD.findall(other.body_text.casefold())
    return _overlap(_pairs(a), _pairs(b)) if len(a) > 1 < len(b) else _overlap(set(a), set(b))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _pairs(words: list[str]) -> set[tuple[str, str]]:
    return set(pairwise(words))


def _overlap(a: set[T], b: set[T]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0
