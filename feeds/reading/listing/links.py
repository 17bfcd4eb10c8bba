"""The links of a page by address, and what an address says about being a story.

A news site's stories have addresses of one make (an id, a date, the headline as a slug) and its sections another. Which
make is which is learnt from the page (`evidence`); here addresses are only taken apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from feeds.reading import urls
from feeds.reading.listing.flat import Outline
from feeds.reading.listing.regions import links_outside
from feeds.reading.text import word_set

MIN_NUMBER = 6  # digits of a number that identifies a story
MAX_PREFIX = 4  # letters before it, as in slug-a12345678
MIN_MIXED = 8  # letters and digits of an id such as c4gx1k2vq0do
MAX_EXTENSION = 5
MAX_LINKS = 6000  # links beyond are left out; a home page has some hundreds

# A path segment that says "this is not a story".
OTHER_SEGMENTS = word_set(
    "tag tags topic topics author authors profile profiles people person staff contributor contributors category"
    " categories kategorie thema themen auteur autor autoren search suche login signin sign-in register"
    " registrieren account konto subscribe subscription subscriptions abo abonnement abonnements newsletter"
    " newsletters about about-us contact contact-us kontakt impressum privacy privacy-policy datenschutz terms"
    " terms-of-use terms-of-service agb legal cookies cookie-policy help hilfe faq jobs careers advertise"
    " advertising mediadaten rss feed feeds sitemap archive archives archiv shop store app apps event events"
    " su-kien chu-de tac-gia tag-page dong-su-kien user users member page trang static info download downloads"
    " press careers corporate services tools schedule schedules"
)

# Of those, what some sites keep all their stories in.
ARCHIVE_SEGMENTS = word_set("archive archives archiv")

FILE_EXTENSIONS = word_set("jpg jpeg png gif webp svg pdf mp3 mp4 zip apk xml rss atom json css js ics")

_DATE = re.compile(r"(?:19|20)\d\d(?:[-_.](?:0?[1-9]|1[0-2])[-_.][0-3]?\d|[/-](?:\d\d?|[a-z]{3})/)")
_NUMBER = re.compile("[0-9]" * 5)  # faster than a count of \d
_ID = re.compile(r"\d{5}|^(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{8,}")
_DAY = re.compile(
    r"(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)?\d\d"
)
_QUERY_ID = re.compile(r"(?:^|&)\w*(?:id|p|no|story|article|news)=\w*\d{2,}")
_TOPIC = re.compile(r"[-_](?:tags?|topics?|chu-?de|keywords?|themas?|dossiers?)[-_]?\d+$")  # gia-cam-tag9001122
_NAMED_NUMBER = re.compile(r"([a-z]+)[-_]?\d+")  # such as topic-28312


@dataclass(slots=True)
class Address:
    """What an address says by itself.

    ``depth`` counts the segments of its path, ``last`` is the last. ``slug`` and ``number`` are those of an address
    that ends in both; ``words`` counts those of its slug; ``id`` is "number" (a date, too), "mixed" (letters and
    digits), "query" or empty; ``other`` tells that a part of it names something that is no story. Addresses are
    remembered, and must not be changed.
    """

    url: str
    host: str
    path: str
    depth: int
    last: str
    slug: str
    number: str
    words: int
    id: str
    extension: str
    other: bool


@dataclass(slots=True)
class Target:
    """One address of the page, and the links that lead there.

    ``variant`` tells that only its query tells the address from another one of the page (a list's next page);
    ``points`` is what the address says by itself (`list_evidence.address_points`).
    """

    address: Address
    links: list[int] = field(default_factory=list)
    variant: bool = False
    points: float = 0.0


def targets(page: Outline, address: str, base: str) -> list[Target]:
    """The page's addresses in the order of their first link; what cannot be a story of this publisher is left out.

    ``address`` is the page's own, ``base`` that to which its links are relative.
    """
    found: dict[str, Target] = {}
    by_href: dict[str, Target | None] = {}
    attributes = page.attributes
    own, publisher = _page_of(urls.clean(address)), publisher_of(urls.host(address))
    for entry in links_outside(page, page.links[:MAX_LINKS]):
        href = (attributes[entry].get("href") or "").strip()
        if not href or href[0] == "#":
            continue
        if href not in by_href:
            url = urls.absolute(base, href)
            by_href[href] = _target(urls.clean(url), own, publisher, found) if url else None
        target = by_href[href]
        if target is not None:
            target.links.append(entry)
    return _unique(found, own.partition("?")[0])


def _page_of(url: str) -> str:
    """An address without its scheme and last slash, which tell no two pages apart."""
    return url.partition("//")[2].rstrip("/")


def _unique(found: dict[str, Target], own_path: str) -> list[Target]:
    """Each target once, though it may be found under several addresses; variants are marked."""
    unique = list({id(target): target for target in found.values()}.values())
    own = read_address(f"https://{own_path}")
    by_query = own.words < 3 and not own.id and own.extension not in ("htm", "html")  # "/?p=100", listed at "/"
    for target in unique:
        path, mark, _ = target.address.url.partition("?")
        if mark:
            is_own = _page_of(path) == own_path and not (by_query and target.address.id == "query")
            target.variant = found.get(path, target) is not target or is_own
    return unique


def _target(url: str, own: str, publisher: str, found: dict[str, Target]) -> Target | None:
    known = found.get(url)
    if known is None:
        address = read_address(url)
        if not (address.depth or address.id) or publisher_of(address.host) != publisher:
            return None
        if address.extension in FILE_EXTENSIONS or _page_of(url) == own:
            return None
        known = found[url] = found.setdefault(_identity(address), Target(address))
    return known


def _identity(address: Address) -> str:
    """What is the same in all addresses of one story.

    Sites list a story under several sections, rewrite the slug before its number when the headline changes, and add to
    the query where on the page the link stood. Only what identifies a story by itself is believed: a number that is no
    date, or a path with a slug and an id.
    """
    if address.number and address.words >= 3:
        return f"{address.host} {address.number}"
    if address.id in ("number", "mixed") and (address.words >= 3 or _ID.search(address.last)):
        return f"{address.host}/{address.path}"
    return address.url if "?" in address.url else address.url.rstrip("/")


@lru_cache(maxsize=2048)
def read_address(url: str) -> Address:
    """Take an absolute address apart."""
    host, _, rest = url.lower().partition("//")[2].partition("/")
    path, _, query = rest.partition("?")
    segments = list(filter(None, path.split("/")))
    last = segments[-1] if segments else ""
    stem, _, extension = last.rpartition(".")
    if not stem or not extension.isalpha() or len(extension) > MAX_EXTENSION:
        stem, extension = last, ""
    parts = [_split_words(part) for part in (stem, *segments[-2:-1])]
    slug, number = _split_number(stem)
    is_other = _names_other(stem)
    words = 0 if is_other else max(map(_count_words, parts))
    return Address(
        url=url,
        host=host,
        path=path,
        depth=len(segments),
        last=last,
        slug=slug,
        number=number,
        words=words,
        id=_id_kind(path, query, parts),
        extension=extension,
        other=is_other or not (OTHER_SEGMENTS.isdisjoint(segments) or _is_archived(segments, stem)),
    )


def _split_words(part: str) -> list[str]:
    return part.replace("_", "-").replace("+", "-").replace(".", "-").split("-")


def _count_words(parts: list[str]) -> int:
    return len(parts) - sum(map(str.isdigit, parts)) - parts.count("")


def _split_number(stem: str) -> tuple[str, str]:
    """The slug and the number of ``slug-1234567`` and ``slug-a1234567``; empty of others, and where it is a day."""
    before = stem.rstrip("0123456789")
    number = stem[len(before) :]
    if len(number) < MIN_NUMBER or _DAY.fullmatch(number):
        return "", ""
    slug = before.rstrip("abcdefghijklmnopqrstuvwxyz")
    return (slug, number) if slug[-1:] in ("-", "_") and len(before) - len(slug) <= MAX_PREFIX else ("", "")


def _id_kind(path: str, query: str, parts: list[list[str]]) -> str:
    if _NUMBER.search(path) or _DATE.search(path):
        return "number"
    for words in parts:
        if _is_mixed(words[-1]) or _is_mixed(words[0]):
            return "mixed"
    return "query" if query and _QUERY_ID.search(query) else ""


def _is_mixed(word: str) -> bool:
    """Whether a word is of letters and digits, and long enough for an id."""
    if len(word) < MIN_MIXED or not word.isalnum() or not word.isascii():
        return False
    return not word.isalpha() and not word.isdigit()


def _is_archived(segments: list[str], stem: str) -> bool:
    """Whether the address is of one thing in an archive, as ``/archive/39710`` is; ``/archive/2024`` is a list."""
    others = OTHER_SEGMENTS.intersection(segments)
    return others <= ARCHIVE_SEGMENTS and _NUMBER.search(stem) is not None and not _DAY.search(stem)


def _names_other(stem: str) -> bool:
    """Whether the end of an address names something that is no story: ``/tags``, ``/topic-28312``."""
    if stem in OTHER_SEGMENTS:
        return True
    if not stem[-1:].isdigit():
        return False
    if _TOPIC.search(stem):
        return True
    named = _NAMED_NUMBER.fullmatch(stem)
    return named is not None and named.group(1) in OTHER_SEGMENTS


@lru_cache(maxsize=256)
def publisher_of(host: str) -> str:
    """The label of the host that names the publisher: ``money.example.co.uk`` and ``www.example.com`` give ``example``.

    Publishers use sister hosts of one name (``example.com``, ``example.co.uk``), and list each other's stories.
    """
    found = urls.registrable(host.partition(":")[0])
    return found if found[-1:].isdigit() else found.partition(".")[0]
