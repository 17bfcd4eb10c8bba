"""Addresses of the pages of a list: ``/news/page/2/``, ``/news-p2``, ``?page=2``, ``/tin/trang-2.htm``.

No site's own form is known here; what is compared is an address with the list's own: the same with the next number in
it is the next page, wherever sites put the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from feeds.reading import urls
from feeds.reading.text import word_set

# What sites call a page in addresses, in the languages that they name addresses in. They stand here and not in the
# languages' files because an address has none: Finnish sites say "page", German ones "seite", and Czech ones either.
_PAGE = word_set(
    "page pages paged pagina pagine pagenum pagenumber pageno pageindex pageidx currentpage curpage nowpage pagen"
    " seite trang sayfa strona strana stranica stranka sida sivu oldal halaman puslapis pagenr"
)
# Those that have other meanings, too ("?p=2" is a post): a page only where something beside the address says so.
_SHORT = word_set("p pg pn pag pp str hal side lk cp lapa leht")
# Words that make a parameter with "page" in it one that numbers no page of the list.
_NO_PAGE = word_set("size per id ids count limit type name len length perpage pagesize pageid url title view views")
# What has pages of its own on the page of a list.
ASIDE = word_set(
    "comment comments kommentar kommentare commentaires comentarios komentar cpage reply replies review reviews"
    " binhluan gallery galleries galerie galeria photo photos image images slide slides slideshow bilder"
    " fotostrecke poll polls"
)

MAX_BARE = 999  # a longer number without a word beside it names a story, a section or a year
MAX_SEGMENTS = 12

_EXTENSION = re.compile(r"\.[A-Za-z]{2,5}$")
_DIGITS = re.compile(r"\d{1,4}", re.ASCII)
_VALUE = re.compile(r"(?:0(?:,|%2[Cc])){0,4}(\d{1,4})", re.ASCII)  # "0,1": the second page of the second list on a page
_LAST = re.compile(r"(?:(.{1,200})[-_.,;])?(?:([A-Za-z]{1,12})[-_.]?)(\d{1,4})", re.ASCII)
_BARE = re.compile(r"(.{1,200})[-_.,;](\d{1,3})", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?=/?$|[?&.])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An address as one page of something.

    ``stem`` is the address without the number, in a form in which the pages of one list are equal; ``word`` is what
    stands for "page": "said" where it can mean nothing else, "short" where it can (``?p=2``), empty where none does.
    """

    stem: str
    number: int
    word: str

    @property
    def said(self) -> bool:
        """Whether the address says that it is a page of a list."""
        return self.word == "said"


@lru_cache(maxsize=4096)
def stem_of(address: str) -> str:
    """The whole address in the form of `Numbered.stem`: the same for ``/news``, ``/news/`` and ``/news.htm``."""
    segments, pairs = _taken_apart(address)
    return _written(address, segments, pairs)


@lru_cache(maxsize=4096)
def numbered(address: str) -> Numbered | None:
    """The page number in an absolute address, and what it is a page of; None where it has no such number."""
    segments, pairs = _taken_apart(address)
    short: Numbered | None = None
    for place, (name, value) in enumerate(pairs):
        if not (number := _VALUE.fullmatch(value)) or not (kind := _names_page(name)):
            continue
        rest = pairs[:place] + pairs[place + 1 :]
        found = Numbered(_written(address, segments, rest), int(number[1]), kind)
        if found.said:
            return found
        short = short or found
    return _of_path(address, segments, pairs) or short


def words_of(address: str) -> frozenset[str]:
    """The words of the path and of the parameters' names, in lower case; with neighbours put together: ``binhluan``."""
    segments, pairs = _taken_apart(address)
    words: list[str] = []
    for part in (*segments, *(name for name, _ in pairs)):
        split = [word.lower() for word in _WORDS.findall(part[:100])]
        words += split
        words += [one + other for one, other in pairwise(split)]
    return frozenset(words)


def date_of(address: str) -> tuple[str, tuple[int, ...]] | None:
    """The day or month at the end of an address, year first, and the address without it; None where there is none."""
    found = _DATE.search(address)
    if found is None:
        return None
    day = (int(found[1]), int(found[3])) + ((int(found[4]),) if found[4] else ())
    return f"{address[: found.start()]}…{address[found.end() :].rstrip('/')}", day


def _taken_apart(address: str) -> tuple[list[str], list[tuple[str, str]]]:
    """The path's segments without an extension or an ``index``, and the query's parameters."""
    path, _, query = address.partition("#")[0].partition("?")
    segments = [part for part in path.partition("://")[2].split("/")[1:] if part]
    if segments:
        segments[-1] = _EXTENSION.sub("", segments[-1])
        if segments[-1].lower() in ("index", "default", "home"):
            segments.pop()
    pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in query.split("&")[:30]) if name]
    return segments, pairs


def _written(address: str, segments: list[str], pairs: list[tuple[str, str]]) -> str:
    query = "&".join(f"{name}={value}" for name, value in sorted(pairs))
    return f"{urls.site(address)}/{'/'.join(segments)}?{query}"


def _names_page(name: str) -> str:
    """Whether a parameter is the page's number: "said", "short" for a name that may mean something else, or empty."""
    words = {word.lower() for word in _WORDS.findall(name.replace("%5B", "[").replace("%5D", "]")[-60:])}
    if not words.isdisjoint(_NO_PAGE) or not words.isdisjoint(ASIDE):
        return ""
    return "said" if not words.isdisjoint(_PAGE) else _word(name.lower())


def _of_path(address: str, segments: list[str], pairs: list[tuple[str, str]]) -> Numbered | None:
    if not segments or len(segments) > MAX_SEGMENTS:
        return None
    last, before = segments[-1], segments[-2].lower() if len(segments) > 1 else ""

    def found(stem: list[str], number: str, word: str) -> Numbered | None:
        if stem and stem[-1].lower() == "index":  # index_2.html
            stem, word = stem[:-1], word or "short"
        if word != "said" and int(number) > MAX_BARE:
            return None
        return Numbered(_written(address, stem, pairs), int(number), word)

    if _DIGITS.fullmatch(last):
        if word := _word(before):
            return found(segments[:-2], last, word)
        if any(map(_YEAR.fullmatch, segments[-3:-1])):  # /2026/02/03 is a day
            return None
        return found(segments[:-1], last, "")
    if (match := _LAST.fullmatch(last)) and (word := _word(match[2].lower())):
        return found(segments[:-1] + ([match[1]] if match[1] else []), match[3], word)
    if (match := _BARE.fullmatch(last)) and not _YEAR.search(match[1][-7:]):
        return found([*segments[:-1], match[1]], match[2], "")
    return None


def _word(name: str) -> str:
    return "said" if name in _PAGE else "short" if name in _SHORT else ""
